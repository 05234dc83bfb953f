"""The texts of all messages, one file per topic; docs/messages.md lists who gets which and what each needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from makegood.domain.notifications.catalog.absences import ABSENCES
from makegood.domain.notifications.catalog.bookings import BOOKINGS
from makegood.domain.notifications.catalog.cancelling import CANCELLING
from makegood.domain.notifications.catalog.changed_for_teachers import CHANGED_FOR_TEACHERS
from makegood.domain.notifications.catalog.emergencies import EMERGENCIES
from makegood.domain.notifications.catalog.moving import MOVING
from makegood.domain.notifications.catalog.openness import OPENNESS
from makegood.domain.notifications.catalog.requests import REQUESTS
from makegood.domain.notifications.catalog.teaching import TEACHING
from makegood.domain.notifications.catalog.undoing import UNDOING
from makegood.domain.notifications.kinds import MessageKind, Template

TEMPLATES: Final[Mapping[MessageKind, Template]] = {
    **EMERGENCIES,
    **BOOKINGS,
    **MOVING,
    **UNDOING,
    **CANCELLING,
    **REQUESTS,
    **TEACHING,
    **ABSENCES,
    **OPENNESS,
    **CHANGED_FOR_TEACHERS,
}
