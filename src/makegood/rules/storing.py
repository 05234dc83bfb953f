"""Facts, steps and sentences as plain JSON values and back, so that what was seen and said is kept exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from makegood.quantities import Money
from makegood.rules.english import in_english
from makegood.rules.facts import Decision, Incident, Kind, RequestedBy
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, Value


def sentence_to_json(sentence: Sentence) -> dict[str, Any]:
    """The template and its values; `sentence_from_json` gives an equal sentence back."""
    return {
        "text": sentence.text,
        "plural": sentence.plural,
        "count": sentence.count,
        "values": {name: _value_to_json(value) for name, value in sentence.values.items()},
    }


def sentence_from_json(plain: Mapping[str, Any]) -> Sentence:
    """The sentence that `sentence_to_json` wrote."""
    values = {name: _value_from_json(value) for name, value in plain["values"].items()}
    return Sentence(plain["text"], values, plain["plural"], plain["count"])


def step_to_json(step: Step, *, zone: ZoneInfo) -> dict[str, Any]:
    """The published form of a step with `sentence`, what `because` was made from."""
    return publish_step(step, zone=zone) | {"sentence": sentence_to_json(step.because)}


def publish_step(step: Step, *, zone: ZoneInfo) -> dict[str, Any]:
    """A step as policy.md writes it; `because` is English with times in `zone`."""
    return {
        "rule": step.rule,
        "clause": step.clause,
        "because": in_english(step.because, zone=zone),
        "before_minor": step.before_minor,
        "after_minor": step.after_minor,
    }


def step_from_json(plain: Mapping[str, Any]) -> Step:
    """The step that `step_to_json` wrote."""
    because = sentence_from_json(plain["sentence"])
    return Step(plain["rule"], plain["clause"], because, plain["before_minor"], plain["after_minor"])


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
        "is_withdrawn": incident.is_withdrawn or None,
        "lesson_pay": {"amount_minor": pay.amount_minor, "currency": pay.currency} if pay is not None else None,
        "booked_at": _to_text(incident.booked_at),
        "engagement": incident.engagement,
        "country": incident.country,
        "lesson": incident.lesson,
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
        is_withdrawn=stored.get("is_withdrawn", False),
        lesson_type=stored["lesson_type"],
        lesson_pay=Money(pay["amount_minor"], pay["currency"]) if pay else None,
        booked_at=_from_text(stored.get("booked_at")),
        engagement=stored.get("engagement"),
        country=stored.get("country"),
        lesson=stored.get("lesson"),
    )


def _value_to_json(value: Value) -> Any:
    if isinstance(value, Money):
        return {"amount_minor": value.amount_minor, "currency": value.currency}
    if isinstance(value, datetime):
        return {"at": _instant_to_json(value)}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value


def _value_from_json(plain: Any) -> Value:
    if not isinstance(plain, Mapping):
        value: str | int = plain
        return value
    if "at" in plain:
        return datetime.fromisoformat(plain["at"])
    if "on" in plain:
        return date.fromisoformat(plain["on"])
    return Money(plain["amount_minor"], plain["currency"])


def _instant_to_json(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _to_text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _from_text(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
