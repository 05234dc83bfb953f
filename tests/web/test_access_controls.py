"""Negative controls of the access matrix: without a check of whose a thing is, or of whose school, it must fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model, QuerySet
from pytest_django import DjangoDbBlocker

from makegood.domain.lessons.models import DeskCase, Lesson
from makegood.domain.notifications.models import CalendarFeed, PushSubscription
from makegood.domain.people.models import Invitation
from makegood.web.student import reschedule
from tests.databases import TestDatabase, reached_as
from tests.web.access_table import ANONYMOUS, DESI, ENDED, MISSING, NO_SCHOOL, OTHER, OWN, SAM, SAME_SCHOOL, TARA
from tests.web.access_world import World, make_world
from tests.web.test_access_matrix import all_routes, execute, of_parts, quiet, uploads_folder, wrong

__all__ = ["quiet", "uploads_folder"]


# A student's own lesson, with the time that somebody else of the school holds for theirs.
TWO = f"{OWN} / {SAME_SCHOOL}"


def forget(monkeypatch: pytest.MonkeyPatch, model: type[Model], name: str) -> None:
    """Let no query of the model ask for `name` any more, in whatever module it stands."""
    ask = QuerySet.filter

    def ask_for_the_rest(self: QuerySet[Any], *args: Any, **wanted: Any) -> QuerySet[Any]:
        # A value to be filled in later is of a query whose SQL is kept, for the tests that follow, too.
        is_kept = any(hasattr(value, "resolve_expression") for value in wanted.values())
        if self.model is model and not is_kept:
            wanted = {its: value for its, value in wanted.items() if its != name}
        return ask(self, *args, **wanted)

    monkeypatch.setattr(QuerySet, "filter", ask_for_the_rest)


def run(route: str, visitor: str, *, world: World | None = None) -> list[str]:
    """The cells of one address that do not hold for the visitor."""
    chosen = [found for found in all_routes() if found.name == route]
    return wrong(execute(world or make_world(), chosen, visitors=[visitor]))


# What a query no longer asks, the page that uses it, who visits, and what that lets them do.
OF_WHOM: list[tuple[type[Model], str, str, str, str]] = [
    (PushSubscription, "membership_id", "end_browser", TARA, f"POST by Tara ({SAME_SCHOOL}): expected 404, got 302"),
    (CalendarFeed, "revoked_at", "calendar_feed", ANONYMOUS, f"GET by nobody ({ENDED}): expected 404, got 200"),
    (Invitation, "expires_at__gt", "join", NO_SCHOOL, f"GET by Uma ({ENDED}): expected 404, got 200"),
    (Lesson, "keeps_time_for_id", "student:confirm_move", SAM, f"GET by Sam ({TWO}): expected 302, got 200"),
]


@pytest.mark.django_db
def test_the_matrix_notices_a_check_of_whose_a_thing_is_that_was_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    for model, name, route, visitor, caught in OF_WHOM:
        with monkeypatch.context() as patch:
            forget(patch, model, name)
            assert f"{route} {caught}" in run(route, visitor, world=world)
    monkeypatch.setattr(reschedule, "is_student_of", lambda **_asked: True)
    caught_on_page = run("student:reschedule", SAM, world=world)
    assert f"student:reschedule GET by Sam ({SAME_SCHOOL}): expected 404, got 200" in caught_on_page


@pytest.mark.django_db
def test_whatever_an_address_names_the_other_school_has_one_too() -> None:
    world = make_world()

    without = {
        part
        for route in all_routes()
        for part, things in of_parts(route, world, SAM).items()
        if not {SAME_SCHOOL, OTHER, MISSING} <= set(things)
    }

    # A month is everybody's, and every school has a first version of its policy.
    assert without == {"month", "number"}


# The desk's own school is asked for by the query, and by row-level security once more.
PAGE = "desk:request"
SEEN = f"{PAGE} GET by Desi ({OTHER}): expected 404, got 200"


@pytest.fixture
def past_row_security(
    django_db_setup: None, database: TestDatabase, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The product runs in a role that row-level security does not bind; what the test writes is rolled back."""
    with django_db_blocker.unblock(), reached_as(database.all_powerful_dsn, database=database):
        yield


@pytest.mark.django_db
def test_row_level_security_alone_keeps_schools_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch, DeskCase, "school_id")

    assert run(PAGE, DESI) == []


def test_the_queries_alone_keep_schools_apart(past_row_security: None) -> None:
    assert run(PAGE, DESI) == []


def test_the_matrix_notices_that_nothing_keeps_schools_apart(
    past_row_security: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _is_above_row_security()
    forget(monkeypatch, DeskCase, "school_id")

    assert SEEN in run(PAGE, DESI)


def _is_above_row_security() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
