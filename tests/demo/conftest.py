"""Small demo schools in a real database, for the tests that ask for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from makegood.demo.loader import load_school
from makegood.demo.schools import LARKSPUR, MARIGOLD
from tests.demo.loaded import NOW, TEACHERS


@pytest.fixture(scope="module")
def both_schools(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Both schools, loaded once for a module; what a test does to them is rolled back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        for demo in (MARIGOLD, LARKSPUR):
            load_school(demo=demo, now=NOW, tell=lambda done, total: None, teacher_count=TEACHERS)
        yield
        transaction.set_rollback(True)
