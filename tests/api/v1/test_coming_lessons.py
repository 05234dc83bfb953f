"""Programs read one's own lessons to come: the same as the pages show, and nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood import clock
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from tests.bookings import NOW, TUESDAY_NINE, book, open_mornings
from tests.cast import Cast, add_member, make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/schools/marigold/lessons/coming"
# Savepoints count here; outside tests they are transactions.
MOST_STATEMENTS = 13


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


def get(client: Client, cast_member: Any, address: str = ADDRESS) -> Any:
    sign_in(client, cast_member.person)
    return client.get(address)


def test_both_sides_read_their_lesson_with_its_part_and_mark(client: Client, cast: Cast) -> None:
    lesson = book(cast)

    student, teacher = get(client, cast.sam).json(), get(client, cast.tara).json()

    own = {
        "id": lesson.lesson_id,
        "starts_at": "2026-11-24T01:00:00Z",
        "ends_at": "2026-11-24T01:50:00Z",
        "status": "booked",
        "type": "regular",
        "title": student["lessons"][0]["title"],
        "version": 1,
        "my_part": "student",
        "teacher": {"id": cast.tara.pk, "name": cast.tara.display_name},
        "student": {"id": cast.sam.pk, "name": cast.sam.display_name},
        "free_until": "2026-11-23T01:00:00Z",
        "is_finished": False,
    }
    assert student == {"zone": cast.sam.person.zone, "lessons": [own]}
    assert teacher == {"zone": cast.tara.person.zone, "lessons": [own | {"my_part": "teacher"}]}


def test_nobody_reads_the_lessons_of_others(client: Client, cast: Cast) -> None:
    book(cast)
    with in_school(cast.school.pk):
        other_student = add_member(cast.school, code="SUE", name="Sue", role=Role.STUDENT, zone="UTC")
    desk = cast.desi
    elsewhere = make_cast(slug="larkspur")

    assert get(client, other_student).json()["lessons"] == []
    hidden = [
        get(client, desk),
        get(client, elsewhere.sam),
        get(client, cast.sam, "/api/v1/schools/none/lessons/coming"),
    ]
    assert [(one.status_code, one.headers["Content-Type"]) for one in hidden] == [(404, "application/problem+json")] * 3
    assert len({one.content for one in hidden}) == 1
    signed_out = Client().get(ADDRESS)
    assert (signed_out.status_code, signed_out.json()["title"]) == (401, "Unauthorized")


def test_lessons_that_are_over_or_off_are_left_out_and_the_rest_is_by_start(client: Client, cast: Cast) -> None:
    late = book(cast, starts_at=TUESDAY_NINE + timedelta(days=1))
    early = book(cast)
    assert [one["id"] for one in get(client, cast.sam).json()["lessons"]] == [early.lesson_id, late.lesson_id]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: TUESDAY_NINE + timedelta(minutes=50))
        assert [one["id"] for one in client.get(ADDRESS).json()["lessons"]] == [late.lesson_id]


def test_the_answer_is_what_the_description_promises(client: Client, cast: Cast) -> None:
    book(cast)
    answer = get(client, cast.sam)
    description = client.get("/api/v1/openapi.json").json()

    promised = description["paths"]["/api/v1/schools/{school}/lessons/coming"]["get"]["responses"]
    assert sorted(promised) == ["200", "401", "404"]
    schema = promised["200"]["content"]["application/json"]["schema"] | {"components": description["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer.json())
    problem = promised["404"]["content"]["application/json"]["schema"] | {"components": description["components"]}
    missing = client.get("/api/v1/no/such/thing")
    jsonschema.Draft202012Validator(problem).validate(missing.json())
    assert (missing.status_code, json.loads(missing.content)["status"]) == (404, 404)


def test_however_many_lessons_it_takes_as_many_statements(client: Client, cast: Cast) -> None:
    book(cast)
    sign_in(client, cast.sam.person)
    client.get(ADDRESS)
    counts = []
    for day in (1, 2):
        with CaptureQueriesContext(connection) as asked:
            client.get(ADDRESS)
        counts.append(len(asked))
        book(cast, starts_at=TUESDAY_NINE + timedelta(days=day))

    assert counts[0] == counts[1] <= MOST_STATEMENTS
