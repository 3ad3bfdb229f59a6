"""Two managers of our own: they say how a value becomes a file; staging, records and partitions are lading's part."""

from pathlib import Path

import pandas as pd

import lading as dg


class CsvIOManager(dg.UPathIOManager):
    """Tables as CSV, for spreadsheets and people."""

    extension = ".csv"

    def dump_to_path(self, context: dg.OutputContext, obj: pd.DataFrame, path: Path) -> None:
        obj.to_csv(path, index=False)

    def load_from_path(self, context: dg.InputContext, path: Path) -> pd.DataFrame:
        return pd.read_csv(path)

    def get_metadata(self, context: dg.OutputContext, obj: pd.DataFrame) -> dict[str, object]:
        return {"rows": len(obj), "columns": list(obj.columns)}


class SvgIOManager(dg.UPathIOManager):
    """Drawings, for a browser."""

    extension = ".svg"

    def dump_to_path(self, context: dg.OutputContext, obj: str, path: Path) -> None:
        path.write_text(obj, "utf-8")

    def load_from_path(self, context: dg.InputContext, path: Path) -> str:
        return path.read_text("utf-8")
