"""What a command does first about runs whose process died: they are finished, and one is told so."""

from __future__ import annotations

from collections.abc import Collection

from lading.app.instance import Instance
from lading.app.recover import recover_runs
from lading.cli import words
from lading.cli.session import Session
from lading.definitions.collect import Definitions
from lading.values.keys import AssetKey


def tidy(session: Session, definitions: Definitions, instance: Instance, assets: Collection[AssetKey]) -> None:
    """Finish the dead runs that were to make one of these assets."""
    for run_id, found in recover_runs(definitions, instance, assets).items():
        kept = f"{words.plural(found, 'value')} it had stored {'is' if found == 1 else 'are'} recorded now"
        session.screen.tell(f"run {words.short_id(run_id)} had died; {kept if found else 'nothing it stored is lost'}")
