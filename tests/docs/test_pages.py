"""Every block of code in the docs runs and prints what the page shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks_of, fits, run_page

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITH_CODE = [
    page for page in PAGES if "```python" in page.read_text("utf-8") or "```console" in page.read_text("utf-8")
]

# Each example tells in its README what to type and what it prints.
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*/") if path.is_dir() and path.name != "__pycache__")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_page(page.relative_to(ROOT).as_posix(), page.read_text("utf-8"), tmp_path) > 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_example_runs(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("data", ".lading", "__pycache__"))
    monkeypatch.chdir(copy)
    page = (copy / "README.md").read_text("utf-8")
    assert run_page(f"examples/{folder.name}/README.md", page, copy) > 0


def test_there_is_something_to_run() -> None:
    assert ROOT / "README.md" in WITH_CODE


PAGE = """
Words.

```python file=sub/a.py
print("from a file")
```

- in a list

  ```console
  $ python sub/a.py
  from a file
  $ echo 12 apples, 3 pears; echo second line
  ... apples, 3 pears
  second line
  ```

```python
x = 1
```
```python
assert x == 1
```
```text
$ this is only shown
```
```python not-run="it would fail"
raise SystemExit
```
"""


def test_a_page_is_run_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_page("page", PAGE, tmp_path) == 4


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("from a file\n  $", "from another\n  $"), ("x == 1", "x == 2"), ("python sub/a.py", "python gone.py")],
)
def test_a_page_that_lies_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was: str, becomes: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert was in PAGE
    with pytest.raises(AssertionError):
        run_page("page", PAGE.replace(was, becomes), tmp_path)


def test_a_command_that_fails_in_silence_is_seen(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"-> 3"):
        run_page("page", "```console\n$ exit 3\n```\n", tmp_path)


def test_blocks_are_read_with_their_line_and_options() -> None:
    blocks = blocks_of("p", PAGE)
    assert blocks[0] == Block("p", 5, "python", " file=sub/a.py", 'print("from a file")\n')
    assert blocks[0].option("file") == "sub/a.py"
    assert blocks[-1].option("not-run") == "it would fail"
    assert [block.language for block in blocks] == ["python", "console", "python", "python", "text", "python"]


def test_three_dots_stand_for_anything() -> None:
    assert fits("a ... c\n", "a b b c   \n")
    assert fits("...\nlast\n", "first\nsecond\nlast\n")
    assert not fits("a c\n", "a b c\n")
    assert fits("first\n...\nlast\n", "first\nlast\n")
    assert fits("first\n...\nlast\n", "first\nsecond\nthird\nlast\n")
    assert not fits("first\n...\nlast\n", "first\nat last\n")
    assert not fits("", "something\n")


PATIENT = "```console\n$ python -c 'import time; print(1, flush=True); time.sleep(30)'\n1\n^C\n...\n{}\n```\n"


def test_a_reader_may_press_ctrl_c(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"\^C -> -2"):
        run_page("page", PATIENT.format("KeyboardInterrupt"), tmp_path)
    with pytest.raises(AssertionError, match=r"the page shows"):
        run_page("page", PATIENT.format("cancelled"), tmp_path)


def test_what_differs_from_run_to_run_may_differ() -> None:
    shown = "  stored   readings   16 ms\nrun 7f3a19  today 09:14\n25 B"
    assert fits(shown, "  stored  readings  1.5 s\nrun 00beef  yesterday 23:01:07\n25 B\n")
    assert not fits(shown, "  failed   readings   16 ms\nrun 7f3a19  today 09:14\n25 B")
    assert not fits(shown, "  stored   readings   16 ms\nrun 7f3a19  today 09:14\n26 B")


def test_who_moves_changes_the_import_alone() -> None:
    page = "docs/how-to/migrate-from-dagster.md"
    blocks = blocks_of(page, (ROOT / page).read_text("utf-8"))
    (before,) = [block.text for block in blocks if block.option("not-run") == "imports dagster"]
    (after,) = [block.text for block in blocks if block.option("file") == "test_project.py"]
    assert "from dagster import" in before
    assert after == before.replace("from dagster import", "from lading import")
