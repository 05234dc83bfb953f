"""What keeps a lesson that is off from taking place again, for pages that say so before a verb refuses it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_noop

from makegood.domain.availability.queries import get_rules, holidays_made_since
from makegood.domain.lessons.closed_days import list_days
from makegood.domain.lessons.filling import is_filled_since
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import TimeTakenSince
from makegood.domain.lessons.other_times import OtherTimeStands, another_stands
from makegood.domain.lessons.room import ClosedSince, FullSince
from makegood.domain.lessons.statuses import LIVE
from makegood.domain.people.models import Role
from makegood.domain.people.roster import holding
from makegood.domain.schools.models import School
from makegood.quantities import Interval
from makegood.refusal import Refusal


class TeacherLeftSince(Refusal):
    """What would be undone gives a lesson back to somebody who teaches no longer."""

    code = "teacher_left_since"
    sentence = gettext_noop(
        "The teacher no longer teaches at this school, so this cannot be undone. Nothing was changed. Ask the "
        "scheduling desk."
    )


class StudentLeftSince(Refusal):
    """What would be undone gives a lesson back to somebody who learns no longer."""

    code = "student_left_since"
    sentence = gettext_noop(
        "The student no longer learns at this school, so this cannot be undone. Nothing was changed. Ask the "
        "scheduling desk."
    )


def find_hindrance(*, school: School, lesson: Lesson, since: datetime) -> Refusal | None:
    """The refusal that a lesson which is off since then would meet, was it to take place again; None: nothing is known.

    Not whether its lesson credits were spent. Three statements.
    """
    found = _with_what_came(school, lesson, since).get()
    came = vars(found)
    lasting = _what_lasts(found)
    if lasting is not None:
        return lasting
    if is_filled_since(
        school_id=school.pk,
        teacher=found.teacher,
        rules=get_rules(school_id=school.pk),
        starts=[found.starts_at],
        since=since,
    ):
        return FullSince()
    if came["closed_for"] is not None:
        return ClosedSince(name=came["closed_for"])
    return TimeTakenSince() if came["is_taken"] else None


def find_lasting_hindrance(*, school: School, lesson: Lesson, since: datetime) -> Refusal | None:
    """The same of what no other time would mend: somebody left, or another lesson stands in its place. 1 statement."""
    return _what_lasts(_with_what_came(school, lesson, since).get())


def _what_lasts(found: Lesson) -> Refusal | None:
    came = vars(found)
    if not came["teacher_is_there"]:
        return TeacherLeftSince()
    if found.student_id is not None and not came["student_is_there"]:
        return StudentLeftSince()
    return OtherTimeStands() if came["has_other_time"] else None


def _with_what_came(school: School, lesson: Lesson, since: datetime) -> QuerySet[Lesson]:
    """The lesson with its teacher's person and all that can be asked in one statement."""
    days = list_days(Interval(lesson.starts_at, lesson.ends_at), zone=school.zone)
    closed = holidays_made_since(school_id=school.pk, days=days, since=since)
    return (
        Lesson.objects.filter(school_id=school.pk, pk=lesson.pk)
        .select_related("teacher__person")
        .annotate(
            teacher_is_there=Exists(_holding(school, "teacher_id", Role.TEACHER)),
            student_is_there=Exists(_holding(school, "student_id", Role.STUDENT)),
            has_other_time=another_stands(),
            closed_for=Subquery(closed.values("name")[:1]),
            is_taken=Exists(_taking(school.pk)),
        )
    )


def _holding(school: School, member: str, role: Role) -> QuerySet[Any]:
    return holding(school_id=school.pk, membership_id=OuterRef(member), role=role)


def _taking(school_id: int) -> QuerySet[Lesson]:
    """Live lessons that it cannot stand beside, in the same role (02_overlaps.sql) or in the other one (`taken.py`)."""
    span = Func(OuterRef("starts_at"), OuterRef("ends_at"), function="tstzrange", output_field=DateTimeRangeField())
    own = Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField())
    block = OuterRef("blocked")
    of_teacher = Q(teacher_id=OuterRef("teacher_id"), blocked__overlap=block)
    of_teacher |= Q(student_id=OuterRef("teacher_id"), time__overlap=block)
    of_student = Q(student_id=OuterRef("student_id"), time__overlap=span)
    of_student |= Q(teacher_id=OuterRef("student_id"), blocked__overlap=span)
    live = Lesson.objects.filter(school_id=school_id, status__in=LIVE).exclude(pk=OuterRef("pk"))
    return live.annotate(time=own).filter(of_teacher | of_student)
