"""One result in each of the three formats: as a line of CSV, of JSON, or the cells of a table's row."""

from __future__ import annotations

import json
import re
from typing import Final
from zoneinfo import ZoneInfo

from makegood.quantities import Money
from makegood.rules.english import in_english
from makegood.rules.results import Assessment, Consequence, Step
from makegood.rules.storing import publish_step

COLUMNS: Final = (
    "incident",
    "teacher",
    "band",
    "charged_band",
    "month_count",
    "week_count",
    "penalty",
    "currency",
    "paid",
    "counted_for",
    "because",
)
# What a spreadsheet takes for a formula; a plain number is none. The full-width forms count as the same signs.
_FORMULA: Final = re.compile("'*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_NEEDS_QUOTES: Final = re.compile('[,"\r\n]')


def row_cells(assessment: Assessment, *, explains: bool, zone: ZoneInfo) -> list[str]:
    """The cells under `COLUMNS`. Counts the policy does not keep and absent bands are empty.

    `because` is the sentence of the last step that changed the amount, of the last step where none did; with `explains`
    it is all of them.
    """
    counts = assessment.counts
    month, week = counts.get("month"), counts.get("week")
    currency = assessment.currency
    return [
        assessment.incident,
        assessment.teacher,
        assessment.band or "",
        assessment.charged_band or "",
        "" if month is None else str(month),
        "" if week is None else str(week),
        amount_text(assessment.penalty_minor, currency),
        currency or "",
        "true" if assessment.paid else "false",
        " ".join(assessment.counted_for),
        say_because(assessment, explains=explains, zone=zone),
    ]


def say_because(assessment: Assessment, *, explains: bool, zone: ZoneInfo) -> str:
    """Why the penalty is what it is, in one sentence or, with `explains`, in all of them."""
    steps = assessment.steps
    if explains:
        return " ".join(in_english(step.because, zone=zone) for step in steps)
    deciding: Step | None = None
    for step in steps:
        if deciding is None or step.after_minor != step.before_minor or deciding.after_minor == deciding.before_minor:
            deciding = step
    return in_english(deciding.because, zone=zone) if deciding else ""


def csv_row(cells: list[str]) -> str:
    """One CSV line without its line break."""
    return ",".join(map(_csv_cell, cells))


def _csv_cell(text: str) -> str:
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    if _NEEDS_QUOTES.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def json_assessment(assessment: Assessment, *, zone: ZoneInfo) -> str:
    """One assessment as policy.md writes it, amounts in minor units."""
    return to_json(
        {
            "incident": assessment.incident,
            "teacher": assessment.teacher,
            "band": assessment.band,
            "charged_band": assessment.charged_band,
            "counts": dict(assessment.counts),
            "penalty_minor": assessment.penalty_minor,
            "paid": assessment.paid,
            "counted_for": list(assessment.counted_for),
            "steps": [publish_step(step, zone=zone) for step in assessment.steps],
        }
    )


def json_consequence(consequence: Consequence, *, zone: ZoneInfo) -> str:
    """One consequence; times in UTC, `ends_at` null until somebody releases it."""
    return to_json(
        {
            "teacher": consequence.teacher,
            "kind": consequence.kind,
            "starts_at": consequence.starts_at.isoformat().replace("+00:00", "Z"),
            "ends_at": consequence.ends_at.isoformat().replace("+00:00", "Z") if consequence.ends_at else None,
            "incident": consequence.incident,
            "because": in_english(consequence.because, zone=zone),
        }
    )


def to_json(value: object) -> str:
    """JSON on one line, in UTF-8 as written."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def say_steps(assessment: Assessment, *, zone: ZoneInfo) -> list[str]:
    """Each step as a line: the amount after it, the rule, the reason, the clause."""
    said = []
    for step in assessment.steps:
        after = amount_text(step.after_minor, assessment.currency)
        clause = f" ({step.clause})" if step.clause else ""
        said.append(f"{after}  {step.rule}: {in_english(step.because, zone=zone)}{clause}")
    return said


def amount_text(amount_minor: int, currency: str | None) -> str:
    """Major units with a point, without the currency."""
    return str(amount_minor) if currency is None else Money(amount_minor, currency).decimal_text()


def consequence_cells(consequence: Consequence, *, zone: ZoneInfo) -> list[str]:
    """A row of the table's second part: teacher, kind, from, until, cause, why; times in the policy's zone."""
    return [
        consequence.teacher,
        consequence.kind,
        consequence.starts_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        consequence.ends_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if consequence.ends_at else "open",
        consequence.incident,
        in_english(consequence.because, zone=zone),
    ]
