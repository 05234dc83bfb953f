"""What somebody is still told after they left the school. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class AfterLeaving(StrEnum):
    """What becomes of a kind of message for a recipient who left.

    `CAUSED_BEFORE`: it is sent where it was caused while they were there, such as a cancellation that a mailbox did not
    take at once. `ABOUT_BEFORE`: also what is found out or decided later about something that happened while they were
    there; it may be about their pay or their credits. `NEVER`: it is about others, of use only to somebody who is still
    there, or asks for something that nobody can do any more who left.
    """

    CAUSED_BEFORE = "caused_before"
    ABOUT_BEFORE = "about_before"
    NEVER = "never"


def may_be_told(
    *, after_leaving: AfterLeaving, left_at: datetime | None, caused_at: datetime, happened_at: datetime | None
) -> bool:
    """Whether somebody is told who left at `left_at` (None: is still there).

    The message was caused at `caused_at`, by something that happened at `happened_at`.
    """
    if left_at is None:
        return True
    if after_leaving is AfterLeaving.NEVER:
        return False
    if caused_at < left_at:
        return True
    return after_leaving is AfterLeaving.ABOUT_BEFORE and happened_at is not None and happened_at < left_at
