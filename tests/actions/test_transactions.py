"""What an action says when somebody else holds what it needs."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from makegood.actions.transactions import Busy, in_one_transaction
from makegood.domain.people.roster import lock_member
from makegood.domain.timeline.requests import DifferentRequest, record_answer
from tests.cast import LONG_AGO, make_cast
from tests.databases import TestDatabase


@pytest.mark.django_db(transaction=True)
def test_an_action_that_waits_too_long_for_a_lock_is_refused_with_a_sentence(database: TestDatabase) -> None:
    cast = make_cast()

    def lock_tara() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', '50ms', true)")
        lock_member(school_id=cast.school.pk, membership_id=cast.tara.pk)

    with psycopg.connect(database.app_dsn) as importing:
        importing.execute("SELECT set_config('makegood.school_id', %s, true)", [str(cast.school.pk)])
        importing.execute("SELECT FROM makegood_membership WHERE id = %s FOR NO KEY UPDATE", [cast.tara.pk])
        with pytest.raises(Busy):
            in_one_transaction(cast.school.pk, lock_tara)

    in_one_transaction(cast.school.pk, lock_tara)


@pytest.mark.django_db
def test_one_form_for_two_things_at_once_is_refused_with_a_sentence() -> None:
    cast = make_cast()
    key: dict[str, Any] = {"school_id": cast.school.pk, "person_id": cast.desi.person_id, "route": "r", "key": uuid4()}

    def answer(content: str) -> None:
        # As of two that were each looked for before the other's answer was there.
        record_answer(**key, content={"of": content}, answer={}, now=LONG_AGO)

    in_one_transaction(cast.school.pk, partial(answer, "one"))
    with pytest.raises(DifferentRequest):
        in_one_transaction(cast.school.pk, partial(answer, "other"))
