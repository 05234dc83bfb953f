"""Statements sent past Django's cursors do what they do through them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from makegood.database.compiled import Change, compiled_update
from makegood.database.many_rows import add_rows
from makegood.database.statements import Statement, change, fetch
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from tests.schools import make_member, make_person, make_school

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@contextmanager
def watched() -> Iterator[None]:
    with CaptureQueriesContext(connection):
        yield


@contextmanager
def unwatched() -> Iterator[None]:
    yield


@pytest.fixture(params=[watched, unwatched])
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both ways a statement takes: past Django, and through it while somebody writes statements down."""
    with request.param():
        yield


@pytest.mark.usefixtures("way")
def test_values_and_percent_signs_come_as_they_were_written() -> None:
    statement = Statement("SELECT %s::text, '100%%', '%%s', %s::bigint + 1, %s::text[]")

    for text in ("o'brien", "$1 %s %%", ""):
        assert fetch(statement, [text, 4, [text]]) == [(text, "100%", "%s", 5, [text])]


@pytest.mark.usefixtures("way")
def test_errors_are_djangos_and_end_the_transaction() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        fetch(
            Statement("INSERT INTO makegood_school (slug, name) SELECT slug, %s FROM (VALUES (NULL)) AS no (slug)"),
            ["x"],
        )
    with transaction.atomic():
        with pytest.raises(ProgrammingError):
            fetch(Statement("SELECT no_such_column, %s"), [1])
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            fetch(Statement("SELECT %s::bigint"), [1])
    assert fetch(Statement("SELECT %s::bigint"), [1]) == [(1,)]


def test_rows_that_are_read_past_django_are_of_this_transaction() -> None:
    before = Person.objects.count()
    with transaction.atomic():
        make_person("Nobody Stays")
        assert fetch(Statement("SELECT count(*) FROM makegood_person"), []) == [(before + 1,)]
        transaction.set_rollback(True)
    assert fetch(Statement("SELECT count(*) FROM makegood_person"), []) == [(before,)]


@pytest.mark.usefixtures("way")
def test_a_change_counts_its_rows_and_takes_none_as_a_value() -> None:
    school = make_school()
    member = make_member(school, make_person("Tara"), [Role.TEACHER])

    with in_school(school.pk):
        assert coded(school_id=school.pk, member_id=member.pk, name="t'%s", ended_at=None) == 1
        kept = Membership.objects.get(pk=member.pk)
        assert (kept.display_name, kept.ended_at) == ("t'%s", None)
        assert coded(school_id=school.pk, member_id=member.pk, name="T", ended_at=NOW) == 1
        assert Membership.objects.get(pk=member.pk).ended_at == NOW
        assert coded(school_id=school.pk, member_id=member.pk, name="T", ended_at=NOW) == 0
        assert change(Statement("UPDATE makegood_school SET name = slug WHERE slug = %s"), ["none"]) == 0


@compiled_update
def coded(school_id: int, member_id: int, name: str, ended_at: datetime | None) -> Change:
    members = Membership.objects.filter(school_id=school_id, pk=member_id, ended_at=None)
    return members, {"display_name": name, "ended_at": ended_at, "country": F("country")}


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("count", [1, 2, 12, 13])
def test_few_rows_and_many_are_written_alike(count: int) -> None:
    school = make_school()
    rows = [
        Event(school=school, kind=EventKind.HOLIDAY_ADDED, at=NOW, door=Door.JOB, reason=f"%s {n}", values={"n": n})
        for n in range(count)
    ]

    with in_school(school.pk):
        add_rows(rows)
        kept = list(Event.objects.order_by("pk"))

    assert [row.pk for row in rows] == [row.pk for row in kept]
    for name in ("school_id", "kind", "at", "actor_id", "door", "reason", "values", "recorded_at"):
        assert [getattr(row, name) for row in rows] == [getattr(row, name) for row in kept], name
    assert not any(row._state.adding for row in rows)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("way")
def test_a_school_is_set_together_with_the_begin_and_forgotten_with_the_end() -> None:
    school = make_school()
    make_member(school, make_person("Tara"), [Role.TEACHER])
    setting = Statement("SELECT current_setting('makegood.school_id', true), txid_current_if_assigned() IS NULL")

    with in_school(school.pk):
        Membership.objects.update(display_name="Nobody")
        assert fetch(setting, []) == [(str(school.pk), False)]
        connection.set_rollback(True)
    assert fetch(setting, []) == [("", True)]
    with in_school(school.pk):
        assert Membership.objects.get().display_name == "Tara"
    connection.connection.close()
    with pytest.raises(OperationalError):
        fetch(setting, [])
    connection.close()
    with in_school(school.pk):
        assert fetch(setting, []) == [(str(school.pk), True)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_lost_at_the_begin_is_said_to_be_lost() -> None:
    school = make_school()
    (pid,) = fetch(Statement("SELECT pg_backend_pid()"), [])[0]
    with psycopg.connect(connection.connection.info.dsn, password=connection.settings_dict["PASSWORD"]) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    with pytest.raises(OperationalError), in_school(school.pk):
        pass
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_rollback_forgets_no_plan() -> None:
    """The driver would, and every statement after a refusal would be planned anew."""
    asked = Statement("SELECT 'asked often', %s::text")
    refused = Statement("INSERT INTO makegood_school (slug, name) VALUES (NULL, %s)")
    planned = Statement("SELECT count(*) FROM pg_prepared_statements WHERE starts_with(statement, %s)")
    for _ in range(8):
        fetch(asked, ["a"])

    with pytest.raises(IntegrityError), transaction.atomic():
        change(refused, ["b"])
    with transaction.atomic(), suppress(IntegrityError), transaction.atomic():
        change(refused, ["b"])

    assert fetch(planned, ["SELECT 'asked often'"]) == [(1,)]
    assert fetch(asked, ["c"]) == [("asked often", "c")]
