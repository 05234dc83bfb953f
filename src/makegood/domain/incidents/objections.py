"""The signed link by which a student says, without signing in, that they did not ask for a cancellation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core import signing

from makegood.domain.incidents.models import Incident

_SALT: Final = "makegood.domain.incidents.objections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What a link is about: one cancellation of one school."""

    school_id: int
    incident_id: int


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
