"""Exceptions as data, with the user's own frames and not ours."""

from __future__ import annotations

import os
from types import TracebackType

import lading
from lading.values.events import ErrorInfo, StepFailureData, UserFailureData
from lading.values.signals import Failure

HERE = os.path.dirname(os.path.abspath(lading.__file__)) + os.sep


def is_ours(filename: str) -> bool:
    """Whether a frame belongs to lading itself."""
    return filename.startswith(HERE)


def error_info(error: BaseException, seen: frozenset[int] = frozenset()) -> ErrorInfo:
    """An exception as data; frames of lading are left out where others are left."""
    from traceback import format_exception_only

    seen |= {id(error)}
    cause = error.__cause__
    context = error.__context__ if not error.__suppress_context__ and cause is None else None
    return ErrorInfo(
        "".join(format_exception_only(error)),
        tuple(shown_frames(error.__traceback__)),
        type(error).__name__,
        error_info(cause, seen) if cause is not None and id(cause) not in seen else None,
        error_info(context, seen) if context is not None and id(context) not in seen else None,
    )


def shown_frames(trace: TracebackType | None) -> list[str]:
    """The frames of a traceback as text, ours left out unless there are no others."""
    from traceback import extract_tb, format_list

    frames = extract_tb(trace)
    theirs = [frame for frame in frames if not is_ours(frame.filename)]
    return format_list(theirs or frames)


def without_our_frames(error: BaseException) -> BaseException:
    """The exception, its traceback beginning at the first frame that is not ours."""
    trace = error.__traceback__
    while trace is not None and is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return error.with_traceback(trace) if trace is not None else error


def failure_data(error: BaseException, wrapped: ErrorInfo | None = None) -> StepFailureData:
    """The data of a STEP_FAILURE."""
    user = None
    if isinstance(error, Failure):
        user = UserFailureData("intentional-failure", error.description, error.metadata)
    return StepFailureData(wrapped or error_info(error), user)


def wrap(error: BaseException, cls_name: str, message: str) -> ErrorInfo:
    """What history keeps of an exception out of user code: who called it, and the exception as the cause."""
    return ErrorInfo(message, (), cls_name, error_info(error))
