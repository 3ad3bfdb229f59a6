"""How often a failed step is tried again, and how long to wait before."""

from __future__ import annotations

from enum import Enum

from lading.errors import InvalidDefinitionError
from lading.values.dataclass import dataclass


class Backoff(Enum):
    """How the delay grows from try to try."""

    LINEAR = "LINEAR"
    EXPONENTIAL = "EXPONENTIAL"


class Jitter(Enum):
    """How chance changes the delay, so that many steps do not come back at the same moment."""

    FULL = "FULL"
    PLUS_MINUS = "PLUS_MINUS"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Try a failed step again.

    Args:
        max_retries: How many more tries after the first.
        delay: Seconds before the next try.
        backoff: How the delay grows; needs ``delay``.
        jitter: How chance changes the delay; needs ``delay``.

    Raises:
        InvalidDefinitionError: ``backoff`` or ``jitter`` without ``delay``.
    """

    max_retries: int = 1
    delay: float | None = None
    backoff: Backoff | None = None
    jitter: Jitter | None = None

    def __post_init__(self) -> None:
        if self.max_retries < 0:
            raise InvalidDefinitionError("max_retries cannot be negative", where=f"RetryPolicy({self.max_retries})")
        if self.delay is None and (self.backoff or self.jitter):
            raise InvalidDefinitionError(
                "backoff and jitter need a delay", where="RetryPolicy(…)", fix="RetryPolicy(delay=1, …)"
            )

    def calculate_delay(self, attempt_num: int) -> float:
        """Seconds to wait before try number ``attempt_num`` (the first retry is 1)."""
        from random import random

        delay = self.delay or 0.0
        if self.backoff is Backoff.EXPONENTIAL:
            delay *= 2**attempt_num - 1
        elif self.backoff is Backoff.LINEAR:
            delay *= attempt_num
        if self.jitter is Jitter.FULL:
            delay *= random()  # noqa: S311 - spreads load, keeps no secret
        elif self.jitter is Jitter.PLUS_MINUS:
            delay += (2 * random() - 1) * (self.delay or 0.0)  # noqa: S311 - spreads load, keeps no secret
        return max(delay, 0.0)
