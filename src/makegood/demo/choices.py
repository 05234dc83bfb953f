"""How some people of the demo chose to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from makegood.actions.choose_how_to_be_told import choose_how_to_be_told
from makegood.demo.demo_rows import DemoRows
from makegood.demo.people import DemoPeople
from makegood.domain.notifications.models import Channel, Topic
from makegood.domain.notifications.quiet_hours import Quiet

_NIGHT: Final = Quiet(22 * 60, 7 * 60)
# One student in so many reads reminders in the app only.
_NO_REMINDERS_ONE_IN: Final = 25


def choose(*, rows: DemoRows, people: DemoPeople, at: datetime) -> None:
    """A student with quiet hours, a teacher without web push, some students without reminders by e-mail."""
    quiet = next(student for student in people.students if student.is_sign_in)
    choose_how_to_be_told(member=rows.members[quiet.code], wanted={}, quiet=_NIGHT, now=at)
    no_push = next(teacher for teacher in people.teachers if teacher.is_sign_in)
    off = {(topic, Channel.PUSH): False for topic in Topic}
    choose_how_to_be_told(member=rows.members[no_push.code], wanted=off, quiet=None, now=at)
    for student in people.students[1::_NO_REMINDERS_ONE_IN]:
        wanted = {(Topic.REMINDERS, Channel.EMAIL): False}
        choose_how_to_be_told(member=rows.members[student.code], wanted=wanted, quiet=None, now=at)
