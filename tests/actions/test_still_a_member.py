"""Every verb about a lesson asks whether the actor is still in the school and still holds the role.

Goal: nobody acts on lessons by having been booked once. Method: for each verb a scene in which it works; in it the
actor leaves the school, or loses the role, and must be told what a stranger is told; then the verb works. A verb
without a scene fails the first test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from django.db import transaction

from makegood import actions
from makegood.domain.people.models import Membership, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.models import Event
from tests.actions.scenes import SCENES
from tests.cast import Cast, book, make_cast
from tests.moves import NOW, WEDNESDAY, open_mornings

pytestmark = pytest.mark.django_db

# What a verb about lessons is given; a verb is what is also given the time.
ABOUT_LESSONS: Final = {"lesson_id", "move_request_id", "reference", "case_id", "student_id", "wish", "starts_at"}
# Credits are no lessons; `answer_waiting` and what takes `work` are shared by verbs that are asked themselves.
NOT_ABOUT_LESSONS: Final = {"grant_credits"}


def list_verbs() -> set[str]:
    """Every function of the actions that is given an actor, the time and something about a lesson."""
    found = set()
    for found_module in pkgutil.iter_modules(actions.__path__):
        module = importlib.import_module(f"{actions.__name__}.{found_module.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            given = set(inspect.signature(function).parameters)
            is_verb = {"actor", "now"} <= given and not {"work", "locked"} & given and not name.startswith("_")
            if function.__module__ == module.__name__ and is_verb and given & ABOUT_LESSONS:
                found.add(name)
    return found - NOT_ABOUT_LESSONS


@contextmanager
def without(cast: Cast, actor: Membership, what: str) -> Iterator[None]:
    """The actor has left the school, or holds no role; afterwards that never was."""
    with transaction.atomic():
        with in_school(cast.school.pk):
            if what == "membership":
                Membership.objects.filter(pk=actor.pk).update(ended_at=NOW)
            else:
                RoleGrant.objects.filter(membership_id=actor.pk).update(ended_at=NOW)
        yield
        transaction.set_rollback(True)


def count_events(cast: Cast) -> int:
    with in_school(cast.school.pk):
        return Event.objects.count()


def test_every_verb_about_lessons_has_a_scene() -> None:
    assert {name.partition(" (")[0] for name in SCENES} == list_verbs()


@pytest.mark.parametrize("name", SCENES)
def test_only_who_is_still_a_member_with_the_role_does_it(name: str) -> None:
    scene, refusal = SCENES[name]
    cast = make_cast()
    open_mornings(cast)
    actor, deed = scene(cast, book(cast, starts_at=WEDNESDAY))

    for what in ("membership", "role"):
        with without(cast, actor, what):
            before = count_events(cast)
            with pytest.raises(refusal):
                deed(school=cast.school, actor=actor)
            assert count_events(cast) == before

    deed(school=cast.school, actor=actor)
