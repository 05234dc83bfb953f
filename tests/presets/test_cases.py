"""Every shipped case is run: a sentence, incidents, and what they cost and bring about."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import makegood.presets
from makegood.presets import list_presets, preset_text
from makegood.quantities import Money
from makegood.rules.assess import assess
from makegood.rules.documents import read_policy
from makegood.rules.facts import Decision, Incident, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.results import Assessed, Assessment, Consequence

FOLDER = Path(makegood.presets.__file__).parent / "cases"
RELATIVE = re.compile(r"(\d+)(?::(\d\d))? minutes (before|after)")
FACTS = {
    "id",
    "lesson",
    "minutes",
    "kind",
    "by",
    "reported",
    "taught",
    "decision",
    "type",
    "engagement",
    "country",
    "booked",
}
EXPECTED = {"costs", "band", "charged_band", "counts", "counted_for", "paid"}


def list_cases() -> list[Any]:
    found = []
    for preset in list_presets():
        for path in sorted((FOLDER / preset).glob("*.toml")):
            for place, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], start=1):
                found.append(pytest.param(preset, case, id=f"{preset}/{path.stem}/{place}"))
    return found


@pytest.mark.parametrize(("preset", "case"), list_cases())
def test_case_comes_out_as_its_sentence_says(preset: str, case: dict[str, Any]) -> None:
    policy = policy_of(preset, case)
    assert set(case) <= {"sentence", "zone", "settings", "incidents", "total", "consequences"}
    incidents = [incident_of(line, place, policy) for place, line in enumerate(case["incidents"], start=1)]
    assessed = assess(incidents, policy)
    for line, assessment in zip(case["incidents"], assessed.assessments, strict=True):
        assert set(line) <= FACTS | EXPECTED
        assert {key: line[key] for key in EXPECTED if key in line} == shown(assessment, line)
    if "total" in case:
        assert case["total"] == total_of(assessed, policy)
    if "consequences" in case:
        assert case["consequences"] == [shown_consequence(consequence, policy) for consequence in assessed.consequences]


def policy_of(preset: str, case: Mapping[str, Any]) -> Policy:
    document = tomllib.loads(preset_text(preset))
    return read_policy(merged(document, case.get("settings", {})), zone=case.get("zone", "Asia/Manila"))


def merged(document: dict[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in settings.items():
        document[key] = merged(document.get(key, {}), value) if isinstance(value, dict) else value
    return document


def incident_of(line: Mapping[str, Any], place: int, policy: Policy) -> Incident:
    starts_at = local(line["lesson"], policy)
    return Incident(
        incident=line.get("id", f"i{place}"),
        teacher="tara",
        lesson_starts_at=starts_at,
        lesson_minutes=line.get("minutes", 25),
        kind=Kind(line.get("kind", "cancelled")),
        requested_by=RequestedBy(line.get("by", "teacher")),
        reported_at=reported(line["reported"], starts_at, policy),
        taught_minutes=line.get("taught", 0),
        decision=Decision(line["decision"]) if "decision" in line else None,
        lesson_type=line.get("type", "regular"),
        engagement=line.get("engagement"),
        country=line.get("country"),
        booked_at=local(line["booked"], policy) if "booked" in line else None,
    )


def reported(text: str, starts_at: datetime, policy: Policy) -> datetime | None:
    if text == "never":
        return None
    match = RELATIVE.fullmatch(text)
    if match is None:
        return local(text, policy)
    length = timedelta(minutes=int(match[1]), seconds=int(match[2] or 0))
    return starts_at - length if match[3] == "before" else starts_at + length


def local(text: str, policy: Policy) -> datetime:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(policy.zone))).astimezone(UTC)


def shown(assessment: Assessment, line: Mapping[str, Any]) -> dict[str, Any]:
    everything = {
        "costs": Money(assessment.penalty_minor, assessment.currency or "USD").decimal_text(),
        "band": assessment.band or "none",
        "charged_band": assessment.charged_band or "none",
        "counts": dict(assessment.counts),
        "counted_for": list(assessment.counted_for),
        "paid": assessment.paid,
    }
    return {key: everything[key] for key in EXPECTED if key in line}


def total_of(assessed: Assessed, policy: Policy) -> str:
    return Money(sum(one.penalty_minor for one in assessed.assessments), policy.currency or "USD").decimal_text()


def shown_consequence(consequence: Consequence, policy: Policy) -> dict[str, str]:
    def text(at: datetime) -> str:
        return f"{at.astimezone(policy.zone_info):%Y-%m-%d %H:%M:%S}".removesuffix(":00")

    ends = {} if consequence.ends_at is None else {"until": text(consequence.ends_at)}
    return {"kind": consequence.kind, "from": text(consequence.starts_at), **ends, "incident": consequence.incident}
