"""Facts and single values as JSON and back, so that what an assessment saw is kept exactly. Results: see `storage`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from makegood.quantities import Money
from makegood.rules.facts import Decision, Incident, Kind, RequestedBy
from makegood.rules.sentences import Sentence, Value
from makegood.rules.storage import sentence_from_json, sentence_to_json


def values_to_json(values: Mapping[str, Value]) -> dict[str, Any]:
    """Named values as JSON: text and whole numbers as they are, the rest tagged with what it is."""
    stored: dict[str, Any] = sentence_to_json(Sentence("", values))["values"]
    return stored


def values_from_json(stored: Mapping[str, Any]) -> dict[str, Value]:
    """The values that `values_to_json` stored."""
    return dict(sentence_from_json({"text": "", "plural": None, "count": None, "values": stored}).values)


def facts_to_json(incident: Incident) -> dict[str, Any]:
    """The facts of one incident; empty ones are left out."""
    stored: dict[str, Any] = {
        "incident": incident.incident,
        "teacher": incident.teacher,
        "lesson_starts_at": _to_text(incident.lesson_starts_at),
        "lesson_minutes": incident.lesson_minutes,
        "kind": str(incident.kind),
        "requested_by": str(incident.requested_by),
        "taught_minutes": incident.taught_minutes,
        "lesson_type": incident.lesson_type,
    }
    pay = incident.lesson_pay
    optional = {
        "reported_at": _to_text(incident.reported_at),
        "reason": incident.reason,
        "decision": str(incident.decision) if incident.decision else None,
        "lesson_pay": {"amount_minor": pay.amount_minor, "currency": pay.currency} if pay is not None else None,
        "booked_at": _to_text(incident.booked_at),
        "engagement": incident.engagement,
        "country": incident.country,
    }
    return stored | {name: value for name, value in optional.items() if value is not None}


def facts_from_json(stored: Mapping[str, Any]) -> Incident:
    """The facts that `facts_to_json` stored."""
    pay = stored.get("lesson_pay")
    return Incident(
        incident=stored["incident"],
        teacher=stored["teacher"],
        lesson_starts_at=datetime.fromisoformat(stored["lesson_starts_at"]),
        lesson_minutes=stored["lesson_minutes"],
        kind=Kind(stored["kind"]),
        requested_by=RequestedBy(stored["requested_by"]),
        reported_at=_from_text(stored.get("reported_at")),
        taught_minutes=stored["taught_minutes"],
        reason=stored.get("reason"),
        decision=Decision(stored["decision"]) if stored.get("decision") else None,
        lesson_type=stored["lesson_type"],
        lesson_pay=Money(pay["amount_minor"], pay["currency"]) if pay else None,
        booked_at=_from_text(stored.get("booked_at")),
        engagement=stored.get("engagement"),
        country=stored.get("country"),
    )


def _to_text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _from_text(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
