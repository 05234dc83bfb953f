"""Where a lesson stands, in the desk's words: never the same for what is free and what is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makegood.domain.lessons.desk_cases import ABSENCES, can_be_decided
from makegood.domain.lessons.models import DeskCase, Lesson, LessonStatus, WaitsFor
from makegood.domain.schools.models import School
from makegood.reports.school_calendar import Happening
from makegood.rules.facts import Kind, RequestedBy
from makegood.web.desk.absences import absence_words
from makegood.web.desk.requests import KINDS
from makegood.web.parts.components import Link, Tone
from makegood.web.parts.words import happened_words

STATUSES: Final[Mapping[LessonStatus, Promise]] = {
    LessonStatus.HELD: _("Kept for a moment"),
    LessonStatus.REQUESTED: _("Waits for an answer"),
    LessonStatus.BOOKED: _("Booked"),
    LessonStatus.IN_PROGRESS: _("On now"),
    LessonStatus.TAUGHT: _("Taught"),
    LessonStatus.CANCELLED: _("Cancelled"),
    LessonStatus.MOVED: _("Moved"),
    LessonStatus.MISSED: _("Missed"),
    LessonStatus.CUT_SHORT: _("Ended early"),
    LessonStatus.RELEASED: _("Let go"),
}
_OPEN: Final = (LessonStatus.BOOKED, LessonStatus.IN_PROGRESS)
_TONES: Final[Mapping[LessonStatus, Tone]] = {
    LessonStatus.IN_PROGRESS: "green",
    LessonStatus.REQUESTED: "amber",
    LessonStatus.CUT_SHORT: "red",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The words and their tone; `is_plain`: as it should be, so a page full of lessons does not shout it."""

    words: str
    tone: Tone = ""
    is_plain: bool = False


def state_of(lesson: Lesson, happening: Happening | None, *, now: datetime) -> State:
    """Where the lesson stands at `now`."""
    status = LessonStatus(lesson.status)
    if happening is not None:
        return _gone_wrong(happening)
    if status is LessonStatus.REQUESTED and lesson.waits_for == WaitsFor.STUDENT:
        return State(words=str(_("Waits for the student")), tone="blue")
    if status in _OPEN and lesson.ends_at <= now:
        return State(words=str(_("Nothing on record yet")), tone="amber")
    if status is LessonStatus.BOOKED and lesson.starts_at <= now:
        return State(words=str(_("Not started yet")), tone="amber")
    is_plain = status in {LessonStatus.BOOKED, LessonStatus.TAUGHT}
    return State(words=str(STATUSES[status]), tone=_TONES.get(status, ""), is_plain=is_plain)


def _gone_wrong(happening: Happening) -> State:
    by_student = happening.requested_by is RequestedBy.STUDENT
    if by_student and happening.kind is Kind.CANCELLED:
        if happening.is_used:
            return State(words=str(_("Cancelled late by the student: used")), tone="amber")
        return State(words=str(_("Cancelled in time: free")))
    if by_student and happening.is_used:
        return State(words=str(_("Student was not there: used")), tone="amber")
    words = happened_words(happening.kind, happening.requested_by, is_used=happening.is_used)
    return State(words=words, tone="red" if happening.requested_by is RequestedBy.TEACHER else "")


def waiting_doors(lesson: Lesson, cases: Sequence[DeskCase], *, school: School, now: datetime) -> list[Link]:
    """What about the lesson waits for the desk, each with where it is answered; not what cannot be decided yet."""
    doors = []
    is_asked = lesson.status == LessonStatus.REQUESTED and lesson.waits_for == WaitsFor.SCHOOL
    if is_asked and lesson.held_until is not None and lesson.held_until > now:
        url = reverse("desk:approvals", kwargs={"school": school.slug})
        doors.append(Link(f"{url}#{anchor_of(lesson)}", str(_("Approve or refuse"))))
    is_early = not can_be_decided(lesson=lesson, now=now)
    waiting = [case for case in cases if not (is_early and case.kind in ABSENCES)]
    return [*doors, *(case_link(case, school=school) for case in waiting)]


def case_link(case: DeskCase, *, school: School) -> Link:
    """What the desk is or was asked, and where."""
    kind = DeskCase.Kind(case.kind)
    is_absence = kind in ABSENCES
    name = "desk:absence" if is_absence else "desk:request"
    words = absence_words(case) if is_absence else str(KINDS[kind])
    return Link(reverse(name, kwargs={"school": school.slug, "case_id": case.pk}), words)


def anchor_of(lesson: Lesson) -> str:
    """The part of the page of approvals where the lesson is answered; lessons of a series are answered together."""
    return f"series-{lesson.series_id}" if lesson.series_id is not None else f"lesson-{lesson.pk}"
