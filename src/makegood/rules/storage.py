"""Results as plain JSON values and back: the published form, with each sentence's parts beside its English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from makegood.quantities import Money
from makegood.rules.english import in_english
from makegood.rules.facts import Band, ConsequenceKind
from makegood.rules.results import Assessment, Consequence, Step
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
    """The published form of a step; `because` is English with times in `zone`, `sentence` is what it was made from."""
    return {
        "rule": step.rule,
        "clause": step.clause,
        "because": in_english(step.because, zone=zone),
        "before_minor": step.before_minor,
        "after_minor": step.after_minor,
        "sentence": sentence_to_json(step.because),
    }


def step_from_json(plain: Mapping[str, Any]) -> Step:
    """The step that `step_to_json` wrote."""
    because = sentence_from_json(plain["sentence"])
    return Step(plain["rule"], plain["clause"], because, plain["before_minor"], plain["after_minor"])


def assessment_to_json(assessment: Assessment, *, zone: ZoneInfo) -> dict[str, Any]:
    """The published form of an assessment; the currency stands once, with the policy."""
    return {
        "incident": assessment.incident,
        "teacher": assessment.teacher,
        "band": assessment.band,
        "charged_band": assessment.charged_band,
        "counts": dict(assessment.counts),
        "penalty_minor": assessment.penalty_minor,
        "paid": assessment.paid,
        "counted_for": list(assessment.counted_for),
        "steps": [step_to_json(step, zone=zone) for step in assessment.steps],
    }


def assessment_from_json(plain: Mapping[str, Any], *, currency: str | None) -> Assessment:
    """The assessment that `assessment_to_json` wrote under a policy of this currency."""
    return Assessment(
        incident=plain["incident"],
        teacher=plain["teacher"],
        band=None if plain["band"] is None else Band(plain["band"]),
        charged_band=None if plain["charged_band"] is None else Band(plain["charged_band"]),
        counts=dict(plain["counts"]),
        penalty_minor=plain["penalty_minor"],
        currency=currency,
        paid=plain["paid"],
        counted_for=tuple(plain["counted_for"]),
        steps=tuple(step_from_json(step) for step in plain["steps"]),
    )


def consequence_to_json(consequence: Consequence, *, zone: ZoneInfo) -> dict[str, Any]:
    """The published form of a consequence; times are RFC 3339 in UTC."""
    return {
        "teacher": consequence.teacher,
        "kind": consequence.kind,
        "starts_at": _instant_to_json(consequence.starts_at),
        "ends_at": None if consequence.ends_at is None else _instant_to_json(consequence.ends_at),
        "incident": consequence.incident,
        "because": in_english(consequence.because, zone=zone),
        "sentence": sentence_to_json(consequence.because),
    }


def consequence_from_json(plain: Mapping[str, Any]) -> Consequence:
    """The consequence that `consequence_to_json` wrote."""
    return Consequence(
        teacher=plain["teacher"],
        kind=ConsequenceKind(plain["kind"]),
        starts_at=datetime.fromisoformat(plain["starts_at"]),
        ends_at=None if plain["ends_at"] is None else datetime.fromisoformat(plain["ends_at"]),
        incident=plain["incident"],
        because=sentence_from_json(plain["sentence"]),
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
