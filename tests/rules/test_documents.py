"""Policy documents: everything right loads, everything wrong is listed at once."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from importlib import resources

import jsonschema
import pytest

from makegood.presets import UnknownPreset, list_presets, load_preset, preset_text
from makegood.rules.assess import assess
from makegood.rules.deadlines import evidence_deadline
from makegood.rules.documents import InvalidPolicy, load_policy
from makegood.rules.documents.schema import policy_schema
from makegood.rules.facts import Incident, Kind, RequestedBy
from makegood.rules.quote import quote

MANILA = "Asia/Manila"


def problems_of(text: str, *, zone: str | None = MANILA) -> list[tuple[str, str]]:
    with pytest.raises(InvalidPolicy) as caught:
        load_policy(text, zone=zone)
    return [(problem.where, problem.what) for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["25hoon", "talaera"])
def test_preset_loads_with_every_setting_of_the_decision_table_named(name: str) -> None:
    policy = load_preset(name, zone=MANILA)
    assert policy.name == name
    money_rows = {"D27", "D30", "D9"} if name == "talaera" else set()
    assert {row for row in policy.unset if row.split()[0] not in money_rows} == set()


def test_presets_are_listed_by_name() -> None:
    assert list_presets() == ("25hoon", "talaera")


def test_unknown_preset_is_refused_with_the_known_names() -> None:
    with pytest.raises(UnknownPreset, match="25hoon, talaera"):
        load_preset("other", zone=MANILA)


def test_amounts_are_read_as_whole_minor_units() -> None:
    policy = load_preset("25hoon", zone=MANILA)
    assert policy.charge is not None
    assert [rate.amounts for rate in policy.charge.rates] == [
        (30, 100),
        (100, 200),
        (300, 450),
    ]


def test_missing_zone_is_one_problem() -> None:
    assert problems_of(preset_text("25hoon"), zone=None) == [
        (
            "zone",
            "The policy has no time zone, so months, weeks and deadlines cannot be decided.",
        )
    ]


@pytest.mark.parametrize("zone", ["", "Manila", "../etc/passwd", "Asia", "Asia/Manila\0", "right/UTC", "localtime"])
def test_unknown_zone_is_one_problem(zone: str) -> None:
    shown = zone.replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert problems_of(preset_text("25hoon"), zone=zone) == [("zone", f'"{shown}" is not a time zone.')]


def test_zone_given_wins_over_the_documents_own() -> None:
    text = preset_text("25hoon").replace("[reporting]", 'zone = "Europe/Berlin"\n[reporting]', 1)
    assert load_policy(text, zone=None).zone == "Europe/Berlin"
    assert load_policy(text, zone=MANILA).zone == MANILA


def test_all_problems_are_listed_at_once() -> None:
    text = (
        preset_text("25hoon")
        .replace("undo_minutes = 5", "undo_minutes = -5\nundo_seconds = 3")
        .replace('"0.30", "1.00"', '0.30, "1.005"')
        .replace('measure = "elapsed"', 'measure = "guessed"')
        .replace("days = 7", 'days = "7"')
        .replace('kind = "hold_schedule"', "")
    )
    assert problems_of(text) == [
        ("reporting.undo_seconds", "This setting is not known."),
        ("reporting.undo_minutes", "-5 is not at least 0."),
        ("notice.measure", '"guessed" is not one of elapsed, calendar_days.'),
        (
            "charge.rates[1].amounts[1]",
            '0.3 is not an amount in quotes, such as "0.30".',
        ),
        (
            "charge.rates[1].amounts[2]",
            '"1.005" is not an amount with at most 2 decimals in USD.',
        ),
        ("consequences[2].kind", "This setting is missing."),
        ("evidence.deadline.days", '"7" is not a whole number.'),
    ]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("from_counts = [1, 4]", "from_counts = [2, 4]", "tier.from_counts"),
        ("from_counts = [1, 4]", "from_counts = [1]", "charge.rates[1]"),
        ("from_minutes = 60", "from_minutes = 0", "notice.bands"),
        ("from_minutes = 0", "from_minutes = 10", "notice.bands"),
        ('counter = "week"', 'counter = "fortnight"', "multiplier.counter"),
        ('window = "week"', 'window = "P1W"', "counters.week.window"),
        ("from_count = 4", "from_count = 3", "multiplier.steps"),
        ("lasts_hours = 168", "", "consequences[1]"),
        ('how = "milder_band"', 'how = "percent"', "decisions.reduced"),
        ('how = "milder_band"', 'how = "fixed_amount"', "decisions.reduced"),
        (
            'evidence = ["death_certificate"]',
            'evidence = ["letter"]',
            "reasons[6].evidence",
        ),
        ("days = 7\n", "days = 7\nhours = 9\n", "evidence.deadline"),
        ('currency = "USD"', 'currency = "usd"', "currency"),
    ],
)
def test_contradiction_is_reported_where_it_is(old: str, new: str, where: str) -> None:
    assert problems_of(preset_text("25hoon").replace(old, new, 1))[0][0] == where


def test_text_that_is_not_toml_is_one_problem() -> None:
    assert [where for where, _ in problems_of("format = \n")] == ["document"]


@pytest.mark.parametrize("value", ["[" * 100_000 + "]" * 100_000, "9" * 5000], ids=["nested", "long"])
def test_document_that_exhausts_the_reader_is_one_problem(value: str) -> None:
    assert [where for where, _ in problems_of(f"format = {value}")] == ["document"]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("days = 7", "days = 99999999999", "evidence.deadline.days"),
        ("lasts_hours = 168", "lasts_hours = 99999999999", "consequences[1].lasts_hours"),
        ("from_minutes = 60", "from_minutes = 99999999999", "notice.bands[1].from_minutes"),
        ("times = 2", "times = 99999999999999999999999", "multiplier.steps[1].times"),
        ('name = "25hoon"', 'name = " "', "name"),
        ('name = "25hoon"', 'name = "25\\u0000hoon"', "name"),
        ('title = "25hoon penalty system"', 'title = "a\\u001b[2Jb"', "title"),
    ],
)
def test_value_outside_what_makes_sense_is_a_problem(old: str, new: str, where: str) -> None:
    assert [found for found, _ in problems_of(preset_text("25hoon").replace(old, new, 1))] == [where]


def test_longest_numbers_a_document_may_carry_can_be_assessed() -> None:
    text = preset_text("25hoon")
    counts = ("at_count = 4", "from_count = 4")
    for old in ("days = 7", "lasts_hours = 168", "mark_minutes = 1440", "enough_minutes = 20", *counts):
        text = text.replace(old, f"{old.split()[0]} = 1000000")
    text = text.replace("from_counts = [1, 4]", "from_counts = [1, 1000000]")
    policy = load_policy(text.replace("from_minutes = 60", "from_minutes = 1000000"), zone=MANILA)
    incident = Incident(
        incident="i1",
        teacher="tara",
        lesson_starts_at=datetime(2100, 12, 31, 12, tzinfo=UTC),
        lesson_minutes=50,
        kind=Kind.CANCELLED,
        requested_by=RequestedBy.TEACHER,
        reported_at=datetime(2100, 12, 31, 10, tzinfo=UTC),
    )
    assert assess([incident], policy).assessments[0].penalty_minor == 100
    assert evidence_deadline(incident=incident, policy=policy).last_on.year == 4838
    # Not a million cases are made up on the way to what would change then.
    asked = quote(history=[], policy=policy, incident=incident, now=incident.lesson_starts_at - timedelta(hours=3))
    assert asked.next_threshold is not None
    assert asked.next_threshold.at_count == 3


@pytest.mark.parametrize("first_line", ["", "format = 2", "format = true", 'format = "1"'])
def test_other_format_is_refused_before_anything_else(first_line: str) -> None:
    assert [where for where, _ in problems_of(first_line + "\nsurprise = 1")] == ["format"]


def test_published_schema_is_the_one_made_from_the_types() -> None:
    published = resources.files("makegood.rules.documents").joinpath("schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == policy_schema()


@pytest.mark.parametrize("name", ["25hoon", "talaera"])
def test_preset_obeys_the_published_schema(name: str) -> None:
    jsonschema.Draft202012Validator(policy_schema()).validate(tomllib.loads(preset_text(name)))


def test_published_schema_refuses_an_unknown_setting() -> None:
    document = tomllib.loads(preset_text("25hoon")) | {"surprise": 1}
    assert not jsonschema.Draft202012Validator(policy_schema()).is_valid(document)


def test_the_clause_of_the_month_fits_the_first_incident_as_well_as_the_fourth() -> None:
    policy = load_preset("25hoon", zone=MANILA)
    starts_at = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    history = [
        Incident(
            incident=str(day), teacher="t", lesson_starts_at=starts_at.replace(day=day), lesson_minutes=50,
            kind=Kind.CANCELLED, requested_by=RequestedBy.TEACHER, reported_at=starts_at.replace(day=day, hour=1),
        )
        for day in (3, 10, 17, 24)
    ]  # fmt: skip
    for count in (1, 4):
        steps = assess(history[:count], policy).assessments[-1].steps
        clauses = [step.clause for step in steps if step.rule == "tier"]
        assert clauses == ["Penalty system, fines, up to 3 and more than 3 in a month"], count
