"""Draw the picture of the README: the chart that examples/seattle_weather makes.

python -m docs.picture
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "seattle_weather"
PICTURE = ROOT / "docs" / "images" / "climate_chart.svg"


def drawn() -> str:
    """What the example draws now, made from nothing in a folder of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("LADING_")}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, EXAMPLE.name)
        shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("data", ".lading", "__pycache__"))
        subprocess.run([sys.executable, "-m", "lading", "--quiet", "backfill"], cwd=copy, env=env, check=True)
        return (copy / "data" / PICTURE.name).read_text("utf-8")


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn(), "utf-8")
    print(f"written: {PICTURE.relative_to(ROOT)}")
