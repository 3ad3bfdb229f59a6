"""The verdict of a check as it is handed out."""

from __future__ import annotations

from enum import Enum

from lading.values.dataclass import dataclass
from lading.values.event_log import EventLogEntry, EventLogRecord
from lading.values.keys import AssetCheckKey
from lading.values.materialization import AssetCheckEvaluation


class AssetCheckExecutionRecordStatus(Enum):
    """What came of a check."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class AssetCheckExecutionRecord:
    """The newest verdict of a check."""

    key: AssetCheckKey
    record: EventLogRecord

    @property
    def id(self) -> int:
        """Its place in the log."""
        return self.record.storage_id

    @property
    def run_id(self) -> str:
        """The run it was made in, or ``""``."""
        return self.record.run_id

    @property
    def create_timestamp(self) -> float:
        """When it was made, in seconds since 1970 UTC."""
        return self.record.timestamp

    @property
    def event(self) -> EventLogEntry:
        """The event that tells of it."""
        return self.record.event_log_entry

    @property
    def evaluation(self) -> AssetCheckEvaluation:
        """The verdict."""
        return self.record.event.asset_check_evaluation_data

    @property
    def partition(self) -> str | None:
        """The partition that was checked."""
        return self.evaluation.partition

    @property
    def status(self) -> AssetCheckExecutionRecordStatus:
        """Whether it passed."""
        passed = self.evaluation.passed
        return AssetCheckExecutionRecordStatus.SUCCEEDED if passed else AssetCheckExecutionRecordStatus.FAILED
