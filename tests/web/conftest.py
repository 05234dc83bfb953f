"""What tests of pages share: a clock that stands, and a believable school, made once for the tests of a module."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from makegood import clock
from tests.believable import NOW, Believable, make_believable

Stand = Callable[[datetime], None]


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Stand:
    """`stand_at(instant)`: what the pages take for now; the Tuesday of the believable school until then."""

    def stand(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    stand(NOW)
    return stand


@contextmanager
def kept_open(make: Callable[[], Believable], blocker: DjangoDbBlocker) -> Iterator[Believable]:
    """A school in a transaction that stays open: what each test does is rolled back to here, and this at the end."""
    with blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(clock, "now", lambda: NOW)
        made = make()
        patch.undo()
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world_of_the_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Believable]:
    with kept_open(make_believable, django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def moneyless_world_of_the_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Believable]:
    make = partial(make_believable, preset="talaera", slug="larkspur", name="Larkspur Business English")
    with kept_open(make, django_db_blocker) as made:
        yield made


@pytest.fixture
def world(world_of_the_module: Believable, stand_at: Stand) -> Believable:
    """A school under 25hoon's policy; its objects are the test's own."""
    return copy.deepcopy(world_of_the_module)


@pytest.fixture
def world_without_money(moneyless_world_of_the_module: Believable, stand_at: Stand) -> Believable:
    """A school under Talaera's policy; its objects are the test's own."""
    return copy.deepcopy(moneyless_world_of_the_module)
