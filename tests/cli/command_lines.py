"""Running command lines: in this process for speed, in another one or on a pseudo-terminal where that is the point."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

import lading
from lading.cli.main import run

SCHEMAS = Path(lading.__file__).parent / "cli" / "schemas"
LADING = [sys.executable, "-m", "lading"]


@dataclass(frozen=True)
class Ran:
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict:
        """The one JSON document on stdout, after it was compared with its schema."""
        found = json.loads(self.out)
        check_document(found)
        return found


def check_document(found: dict) -> None:
    """Compare a document with the schema of its command."""
    path = SCHEMAS / f"{found['command']}.json"
    if path.exists():
        jsonschema.validate(found, json.loads(path.read_text("utf-8")))
    else:
        assert found["command"] == "lading"


class _Stream(io.TextIOWrapper):
    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)

    @property
    def text(self) -> str:
        return self.buffer.getvalue().decode(self.encoding)


class Shell:
    """Runs command lines in a folder, in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._patch = monkeypatch

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def __call__(self, *words: str, encoding: str = "utf-8", folder: Path | None = None) -> Ran:
        """Run `lading` with these words."""
        out, err = _Stream(encoding), _Stream(encoding)
        path = list(sys.path)
        modules = set(sys.modules)
        self._patch.chdir(folder or self.folder)
        with self._patch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = run(words)
        # A project's folder on sys.path, and its modules, are of one process each.
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if file.startswith(str(self.folder)):
                del sys.modules[name]
        return Ran(code, out.text, err.text)


def start(*words: str, folder: Path, **settings: str) -> subprocess.Popen[str]:
    """Start `lading` in another process."""
    return subprocess.Popen(
        [*LADING, *words], cwd=folder, env=environment(settings), text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def finish(*words: str, folder: Path, **settings: str) -> Ran:
    """Run `lading` in another process."""
    process = start(*words, folder=folder, **settings)
    out, err = process.communicate(timeout=60)
    return Ran(process.returncode, out, err)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command: nothing of this machine's settings, and what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LADING_")}
    return {**kept, "PYTHONIOENCODING": "utf-8", "TERM": "xterm", **settings}


def on_terminal(*words: str, folder: Path, width: int = 80, interrupt_at: str | None = None) -> Ran:
    """Run `lading` on a pseudo-terminal; its two streams come as one."""
    reader, terminal = pty.openpty()
    process = subprocess.Popen(
        [*LADING, *words], cwd=folder, env=environment({"COLUMNS": str(width)}), stdin=terminal, stdout=terminal,
        stderr=terminal, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    found, began, sent = b"", time.monotonic(), False
    while time.monotonic() < began + 60:
        if interrupt_at is not None and not sent and interrupt_at.encode() in found:
            process.send_signal(signal.SIGINT)
            sent = True
        if not select.select([reader], [], [], 0.05)[0]:
            continue
        try:
            read = os.read(reader, 65536)
        except OSError:  # the other end is closed
            break
        if not read:
            break
        found += read
    os.close(reader)
    return Ran(process.wait(30), found.decode("utf-8").replace("\r\n", "\n"), "")
