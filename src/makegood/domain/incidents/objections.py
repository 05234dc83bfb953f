"""A student did not ask for a cancellation: until when they may say so, and the signed link without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core import signing

from makegood.domain.incidents.models import Incident
from makegood.rules.facts import Kind, RequestedBy

# Long enough for a holiday; after it the month is paid and everybody has forgotten.
OPEN_FOR: Final = timedelta(days=14)
_SALT: Final = "makegood.domain.incidents.objections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What a link is about: one cancellation of one school."""

    school_id: int
    incident_id: int


def may_be_objected_to(*, incident: Incident, now: datetime) -> bool:
    """Whether a live incident was put on record as the student's wish, and is not too old."""
    is_wish = incident.kind == Kind.CANCELLED and incident.requested_by == RequestedBy.STUDENT
    return is_wish and now <= incident.lesson_starts_at + OPEN_FOR


def make_token(incident: Incident) -> str:
    """The token for the student's message."""
    return signing.dumps([incident.school_id, incident.pk], salt=_SALT)


def read_token(token: str) -> Objection | None:
    """What the token signs, None when it is not one of ours."""
    try:
        school_id, incident_id = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return Objection(school_id=school_id, incident_id=incident_id)
