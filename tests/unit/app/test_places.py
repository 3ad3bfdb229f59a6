from __future__ import annotations

from pathlib import Path

import pytest

from lading.app.places import find_definitions, find_home
from lading.errors import FileMissingError, NoDefinitionsError


def found(folder: Path, **how: str | None) -> tuple[str, str, str | None]:
    place = find_definitions(folder=str(folder), environment={}, **how)
    return place.origin, place.label, place.attribute


def test_the_first_hit_wins(tmp_path: Path) -> None:
    with pytest.raises(NoDefinitionsError):
        found(tmp_path)
    (tmp_path / "defs.py").touch()
    assert found(tmp_path) == ("defs.py", "defs.py", None)
    (tmp_path / "definitions.py").touch()
    assert found(tmp_path) == ("definitions.py", "definitions.py", None)
    (tmp_path / "pyproject.toml").write_text('[tool.lading]\ndefs = "pkg.assets:all_of_them"\n')
    assert found(tmp_path) == ("pyproject.toml", "pkg.assets", "all_of_them")
    place = find_definitions(folder=str(tmp_path), environment={"LADING_DEFS": "defs.py:mine"})
    assert (place.origin, place.file, place.attribute) == ("LADING_DEFS", str(tmp_path / "defs.py"), "mine")
    assert found(tmp_path, module="a.b") == ("-m", "a.b", None)
    assert found(tmp_path, file="defs.py", attribute="other") == ("-f", "defs.py", "other")


def test_pyproject_is_looked_for_upward(tmp_path: Path) -> None:
    below = tmp_path / "src" / "deep"
    below.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.lading]\ndefs = "src/defs.py"\n')
    (tmp_path / "src" / "defs.py").touch()
    (tmp_path / "src" / "pyproject.toml").write_text("[tool.black]\nline-length = 100\n")
    place = find_definitions(folder=str(below), environment={})
    assert (place.root, place.file) == (str(tmp_path), str(tmp_path / "src" / "defs.py"))
    assert find_home(place=place, folder=str(below), environment={}) == str(tmp_path / ".lading")


def test_those_who_move_keep_their_setting(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.dagster]\nmodule_name = "shop.definitions"\n')
    assert found(tmp_path) == ("pyproject.toml", "shop.definitions", None)


def test_a_missing_file_has_a_neighbour(tmp_path: Path) -> None:
    (tmp_path / "defs.py").touch()
    with pytest.raises(FileMissingError) as refused:
        found(tmp_path, file="defs.yp")
    assert refused.value.did_you_mean == "defs.py"
    with pytest.raises(FileMissingError):
        found(tmp_path, file="nowhere/defs.py")


def test_the_home(tmp_path: Path) -> None:
    here = str(tmp_path)
    assert find_home(folder=here, environment={}) == str(tmp_path / ".lading")
    assert find_home("other", folder=here, environment={"LADING_HOME": "/x"}) == str(tmp_path / "other")
    assert find_home(folder=here, environment={"LADING_HOME": "/x"}) == "/x"
    (tmp_path / ".lading").mkdir()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_home(folder=str(below), environment={}) == str(tmp_path / ".lading")
