"""Exceptions that user code raises to steer a step: fail with metadata, or ask for another try."""

from __future__ import annotations

from lading.values.metadata import Metadata, RawMetadata, as_metadata


class Failure(Exception):  # noqa: N818 - the name users already raise
    """Raise it to fail a step with a description and metadata.

    Args:
        description: What went wrong, for people.
        metadata: Facts to show with the failure.
        allow_retries: False stops the retry policy; None and True leave it alone.
    """

    def __init__(
        self,
        description: str | None = None,
        metadata: RawMetadata | None = None,
        allow_retries: bool | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.metadata: Metadata = as_metadata(metadata)
        self.allow_retries = True if allow_retries is None else allow_retries


class RetryRequested(Exception):  # noqa: N818 - the name users already raise
    """Raise it to have the step run again.

    Args:
        max_retries: How many more tries the step gets in all.
        seconds_to_wait: Pause before the next try.
    """

    def __init__(self, max_retries: int | None = 1, seconds_to_wait: float | None = None) -> None:
        super().__init__()
        self.max_retries = 1 if max_retries is None else max_retries
        self.seconds_to_wait = seconds_to_wait
