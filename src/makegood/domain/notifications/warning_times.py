"""When a warning is given from which on its reader has some time: not in quiet hours, in which that time would run."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.wishes import Wishes

# As long as that the job that warns, which comes several times an hour, surely comes within it.
_MOMENT_MINUTES: Final = 60


def warned_from(*, wishes: Wishes, at: datetime) -> datetime:
    """From when on a member is warned of what is so at `at`; quiet hours that leave hardly a moment hold up nothing."""
    if wishes.quiet is None or wishes.quiet.minutes_left < _MOMENT_MINUTES:
        return at
    return wishes.waits_until(TEMPLATES[MessageKind.AVAILABILITY_TOO_SHORT], happens_at=None, now=at) or at
