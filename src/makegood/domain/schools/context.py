"""Sets the school of a transaction. PostgreSQL shows and takes only that school's rows; without one, none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from makegood.database.statements import begin

_school_of_the_transaction: ContextVar[int | None] = ContextVar("school_of_the_transaction", default=None)


class OtherSchoolInside(RuntimeError):
    """A transaction is about one school; asking for a second one inside it is our own mistake."""


@contextmanager
def in_school(school_id: int, *, person_id: int | None = None) -> Iterator[None]:
    """Run the block in one transaction that sees the rows of the school `school_id` and no others.

    `person_id` tells the database who acts. Inside a block of the same school it is a savepoint; the rows' end-of-
    transaction checks then wait for the outer block. Raises OtherSchoolInside when another school is already set.
    """
    former_school_id = _school_of_the_transaction.get()
    if former_school_id is not None:
        if former_school_id != school_id:
            raise OtherSchoolInside(
                f"school {school_id} was asked for inside a transaction of school {former_school_id}"
            )
        with transaction.atomic():
            yield
        return
    with _settings_of_a_transaction(school_id=school_id, person_id=person_id):
        remembered = _school_of_the_transaction.set(school_id)
        try:
            yield
        finally:
            _school_of_the_transaction.reset(remembered)


@contextmanager
def seeing_school(school_id: int) -> Iterator[None]:
    """Run reads as in `in_school`; inside a block of the same school without a savepoint: nothing is to be undone."""
    if _school_of_the_transaction.get() == school_id:
        yield
        return
    with in_school(school_id):
        yield


@contextmanager
def as_person(person_id: int) -> Iterator[None]:
    """Run the block in a transaction that sees a person's own memberships and roles in all schools, read-only.

    For the list of a person's schools. Raises OtherSchoolInside inside a block of a school.
    """
    school_id = _school_of_the_transaction.get()
    if school_id is not None:
        raise OtherSchoolInside(f"all schools of a person were asked for inside a transaction of school {school_id}")
    with _settings_of_a_transaction(school_id=None, person_id=person_id):
        yield


@contextmanager
def _settings_of_a_transaction(*, school_id: int | None, person_id: int | None) -> Iterator[None]:
    with transaction.atomic():
        begin(_setting(school_id=school_id, person_id=person_id))
        yield
        # PostgreSQL forgets both settings at the end of a transaction, but a savepoint's end is not one. After an
        # error the savepoint's rollback has restored them.
        if connection.savepoint_ids and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_setting(school_id=None, person_id=None))


def _setting(*, school_id: int | None, person_id: int | None) -> str:
    """The statement that sets both. The numbers stand in it: it goes out together with the one before it."""
    school, person = ("" if one is None else f"{int(one):d}" for one in (school_id, person_id))
    return (
        f"SELECT set_config('makegood.school_id', '{school}', true), set_config('makegood.person_id', '{person}', true)"
    )
