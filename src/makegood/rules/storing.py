"""Sentences and results as JSON values and back, so that what was said when an incident was assessed is kept exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from makegood.quantities import Money
from makegood.rules.facts import Band, ConsequenceKind, Decision, Incident, Kind, RequestedBy
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, Value


def value_to_json(value: Value) -> Any:
    """A sentence's value as JSON: text and whole numbers as they are, the rest tagged with what it is."""
    if isinstance(value, Money):
        return {"minor": value.amount_minor, "currency": value.currency}
    if isinstance(value, datetime):
        return {"at": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value


def value_from_json(stored: Any) -> Value:
    """The value that `value_to_json` stored. Raises ValueError for anything else."""
    if isinstance(stored, str | int) and not isinstance(stored, bool):
        return stored
    match stored:
        case {"minor": int(minor), "currency": str(currency)}:
            return Money(minor, currency)
        case {"at": str(at)}:
            return datetime.fromisoformat(at)
        case {"on": str(on)}:
            return date.fromisoformat(on)
    raise ValueError(f"not a stored value: {stored!r}")


def values_to_json(values: Mapping[str, Value]) -> dict[str, Any]:
    """Several named values, each as `value_to_json` does."""
    return {name: value_to_json(value) for name, value in values.items()}


def values_from_json(stored: Mapping[str, Any]) -> dict[str, Value]:
    """Several named values, each as `value_from_json` does."""
    return {name: value_from_json(value) for name, value in stored.items()}


def sentence_to_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence with its values."""
    stored: dict[str, Any] = {"text": sentence.text, "values": values_to_json(sentence.values)}
    if sentence.plural is not None:
        stored |= {"plural": sentence.plural, "count": sentence.count}
    return stored


def sentence_from_json(stored: Mapping[str, Any]) -> Sentence:
    """The sentence that `sentence_to_json` stored."""
    values = values_from_json(stored["values"])
    return Sentence(stored["text"], values, plural=stored.get("plural"), count=stored.get("count"))


def step_to_json(step: Step) -> dict[str, Any]:
    """A step with its sentence, amounts in minor units."""
    return {
        "rule": step.rule,
        "clause": step.clause,
        "because": sentence_to_json(step.because),
        "before_minor": step.before_minor,
        "after_minor": step.after_minor,
    }


def step_from_json(stored: Mapping[str, Any]) -> Step:
    """The step that `step_to_json` stored."""
    return Step(
        stored["rule"],
        stored["clause"],
        sentence_from_json(stored["because"]),
        stored["before_minor"],
        stored["after_minor"],
    )


def facts_to_json(incident: Incident) -> dict[str, Any]:
    """The facts of one incident; empty ones are left out."""
    stored: dict[str, Any] = {
        "incident": incident.incident,
        "teacher": incident.teacher,
        "lesson_starts_at": incident.lesson_starts_at.astimezone(UTC).isoformat(),
        "lesson_minutes": incident.lesson_minutes,
        "kind": str(incident.kind),
        "requested_by": str(incident.requested_by),
        "taught_minutes": incident.taught_minutes,
        "lesson_type": incident.lesson_type,
    }
    optional = {
        "reported_at": incident.reported_at and incident.reported_at.astimezone(UTC).isoformat(),
        "reason": incident.reason,
        "decision": incident.decision and str(incident.decision),
        "lesson_pay": incident.lesson_pay and value_to_json(incident.lesson_pay),
        "booked_at": incident.booked_at and incident.booked_at.astimezone(UTC).isoformat(),
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
        reported_at=_instant(stored.get("reported_at")),
        taught_minutes=stored["taught_minutes"],
        reason=stored.get("reason"),
        decision=Decision(stored["decision"]) if stored.get("decision") else None,
        lesson_type=stored["lesson_type"],
        lesson_pay=Money(pay["minor"], pay["currency"]) if pay else None,
        booked_at=_instant(stored.get("booked_at")),
        engagement=stored.get("engagement"),
        country=stored.get("country"),
    )


def band_from_code(code: str | None) -> Band | None:
    """The band a stored code names."""
    return Band(code) if code else None


def consequence_kind_from_code(code: str) -> ConsequenceKind:
    """The consequence a stored code names."""
    return ConsequenceKind(code)


def _instant(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
