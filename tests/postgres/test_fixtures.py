"""The fixtures themselves: what one test writes, the next does not see, whichever way it was written."""

from __future__ import annotations

from unittest.mock import Mock

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests import databases
from tests.databases import TestDatabase
from tests.guarantees.world import build_school

PLANTED = "planted_by_a_test"


def _plant_and_count() -> int:
    ContentType.objects.create(app_label=PLANTED, model="row")
    return ContentType.objects.filter(app_label=PLANTED).count()


@pytest.mark.django_db
@pytest.mark.parametrize("_round", [1, 2])
def test_ordinary_test_starts_without_the_rows_of_another(_round: int) -> None:
    assert _plant_and_count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", [1, 2])
def test_committing_test_starts_without_the_rows_of_another(_round: int) -> None:
    assert _plant_and_count() == 1


@pytest.mark.parametrize(
    ("change", "is_cloned"),
    [
        ("SELECT", False),
        ("UPDATE django_content_type SET model = 'planted' WHERE model = 'school'", True),
        ("ALTER TABLE makegood_policyversion DISABLE TRIGGER USER", True),
        ("ALTER TABLE makegood_lesson DROP CONSTRAINT a_teacher_has_no_overlapping_live_lessons", True),
    ],
    ids=["rows alone", "a row of the migrations", "a trigger", "a constraint"],
)
def test_rows_that_are_kept_are_taken_out_and_whatever_else_has_changed_is_cloned_anew(
    fresh_database: TestDatabase,
    database_template: TestDatabase,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    is_cloned: bool,
) -> None:
    untouched = databases.look_at(fresh_database, template=database_template)
    with psycopg.connect(fresh_database.app_dsn) as app:
        build_school(app, slug="planted")
    with psycopg.connect(fresh_database.owner_dsn) as owner:
        owner.execute(change.encode())
    clone = Mock(wraps=databases.clone)
    monkeypatch.setattr(databases, "clone", clone)

    untouched.restore()

    assert databases.look_at(fresh_database, template=database_template) == untouched
    assert clone.called is is_cloned


@pytest.mark.django_db
def test_django_works_with_the_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("makegood_app",)


def test_owner_may_act_as_the_app(owner_connection: psycopg.Connection) -> None:
    owner_connection.execute("SET LOCAL ROLE makegood_app")

    assert owner_connection.execute("SELECT current_user").fetchone() == ("makegood_app",)


def test_app_may_not_change_the_schema(app_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute("CREATE TABLE public.own_table ()")


def test_auditor_may_not_write(auditor_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        auditor_connection.execute("DELETE FROM django_session")


def test_fresh_database_is_migrated(fresh_database: TestDatabase) -> None:
    with psycopg.connect(fresh_database.app_dsn) as session:
        assert session.execute("SELECT count(*) > 0 FROM procrastinate_jobs").fetchone() == (False,)
