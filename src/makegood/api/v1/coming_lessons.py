"""`GET /api/v1/schools/{school}/lessons/coming`: one's own lessons to come, as student and as teacher."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from makegood.api.access import calling
from makegood.api.problems import Problem
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.people.models import Membership, Role
from makegood.reports.coming_lessons import ComingLesson, list_coming_lessons

router = Router()


class MemberOut(Schema):
    """Somebody of the school."""

    id: int
    name: str


class ComingLessonOut(Schema):
    """A lesson that is booked or goes on."""

    id: int
    starts_at: datetime = Field(description="UTC")
    ends_at: datetime = Field(description="UTC")
    status: Literal["booked", "in_progress"]
    type: str = Field(description="The code of the lesson type, as the school set it")
    title: str
    version: int = Field(description="Grows with every change of the lesson")
    my_part: Literal["teacher", "student"]
    teacher: MemberOut
    student: MemberOut | None = Field(description="null: an imported lesson without one")
    free_until: datetime = Field(description="Until when, included, the student cancels it free; UTC")
    is_finished: bool = Field(description="The teacher said so before its end")


class ComingLessonsOut(Schema):
    """By start, at most 200."""

    zone: str = Field(description="The caller's own zone, as in the zone database")
    lessons: list[ComingLessonOut]


@router.get(
    "/schools/{slug:school}/lessons/coming",
    response={200: ComingLessonsOut, 401: Problem, 404: Problem},
    url_name="coming_lessons",
    summary="My lessons to come",
)
def coming_lessons(request: HttpRequest, school: str) -> ComingLessonsOut:
    """Every lesson of the caller in this school that is booked or goes on."""
    with calling(request, school, Role.STUDENT, Role.TEACHER) as caller:
        found = list_coming_lessons(school=caller.school, member=caller.membership, roles=caller.roles, now=caller.now)
    return ComingLessonsOut.model_construct(zone=caller.person.zone, lessons=[_out(one) for one in found])


def _out(coming: ComingLesson) -> ComingLessonOut:
    lesson = coming.lesson
    return ComingLessonOut.model_construct(
        id=lesson.pk,
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        status="booked" if lesson.status == LessonStatus.BOOKED else "in_progress",
        type=lesson.lesson_type,
        title=lesson.title,
        version=lesson.version,
        my_part="teacher" if coming.is_teacher else "student",
        teacher=_member(lesson.teacher),
        student=_member(lesson.student) if lesson.student else None,
        free_until=coming.free_until,
        is_finished=coming.is_finished,
    )


def _member(member: Membership) -> MemberOut:
    return MemberOut.model_construct(id=member.pk, name=member.display_name)
