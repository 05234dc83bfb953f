"""What people of the demo do besides lessons: a pause is lifted, somebody is invited, messages are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from makegood.actions.invite_person import invite_person
from makegood.actions.read_messages import read_messages
from makegood.demo.availability import find_closers
from makegood.demo.closed_calendars import LIFTED_AGO, lift_one
from makegood.demo.demo_rows import DemoRows
from makegood.demo.lesson_pages import Deed
from makegood.demo.people import DemoPeople
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.queries import count_in_app
from makegood.domain.people.models import Invitation, Membership, Role
from makegood.domain.schools.context import in_school

_INVITED_AGO: Final = timedelta(hours=22)
_READ_AGO: Final = timedelta(days=1)


def keep_house(*, rows: DemoRows, people: DemoPeople, now: datetime) -> Iterator[Deed]:
    """Deeds of the last days; each runs in the school's transaction, at its time."""
    closers = find_closers(rows.demo, people)
    if closers is not None:
        at = now - LIFTED_AGO
        lifted = rows.members[closers.lifted.code]
        yield at, partial(lift_one, school=rows.row, desk=rows.desk, teacher=lifted, at=at)
    yield now - _INVITED_AGO, partial(_invite, rows, people, now - _INVITED_AGO)
    for reader in rows.members.values():
        yield now - _READ_AGO, partial(_read, rows, reader, now - _READ_AGO)


def _read(rows: DemoRows, reader: Membership, at: datetime) -> None:
    """Somebody marks all that they were told so far as read, in whatever role."""
    sides = frozenset(Side)
    with in_school(rows.row.pk):
        shown = count_in_app(school_id=rows.row.pk, recipient_id=reader.pk, sides=sides)
    read_messages(school=rows.row, member=reader, sides=sides, newest_id=shown.newest_id, now=at)


def _invite(rows: DemoRows, people: DemoPeople, at: datetime) -> None:
    """The owner invites a teacher, who has not answered yet."""
    owner = next(rows.members[person.code] for person in people.staff if Role.OWNER in person.roles)
    invite_person(
        school=rows.row,
        email=f"new.teacher@{rows.demo.domain}",
        role=Role.TEACHER,
        invited_by=owner.person,
        send=_send_nothing,
        now=at,
    )


def _send_nothing(_invitation: Invitation, _token: str) -> None:
    """Nothing leaves the house, and nobody learns the token."""
