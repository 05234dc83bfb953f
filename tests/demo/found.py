"""What a demo school must hold, and how its tests find it."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.availability_changes import list_outside
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from tests.demo.plans import Plan

# Events of the verbs: at least so many of each in every school, and in one of them.
EVERY_SCHOOL = {
    "lesson_type_set": 4,
    "booking_rules_set": 1,
    "video_link_set": 2,
    "lesson_proposed": 4,
    "proposal_accepted": 1,
    "proposal_declined": 1,
    "slot_held": 1,
    "cancelled_by_student": 2,
    "cancelled_late_by_student": 2,
    "cancelled_for_student": 3,
    "not_asked": 1,
    "problem_reported": 1,
    "absence_claimed": 3,
    "moved_by_student": 1,
    "move_asked": 2,
    "lesson_started": 5,
    "incident_detected": 5,
}
ONE_SCHOOL = {
    "marigold": {
        "lesson_booked": 20,
        "booking_undone": 1,
        "pay_rate_set": 20,
        "credits_imported": 1,
        "credits_granted": 3,
        "credits_expired": 1,
    },
    "larkspur": {
        "lesson_requested": 20,
        "booking_approved": 20,
        "lesson_booked": 1,
        "time_let_go": 1,
        "move_requested": 1,
        "move_approved": 1,
    },
}


def list_planned(planned: Plan) -> list[tuple[str, datetime]]:
    """Who teaches when, of what nobody booked through the product."""
    by_hand = Event.objects.filter(kind__in=("lesson_booked", "lesson_requested", "lesson_proposed", "slot_held"))
    lessons = Lesson.objects.exclude(pk__in=by_hand.values("lesson_id")).filter(keeps_time_for=None)
    lessons = lessons.order_by("starts_at", "teacher__code")
    return [(lesson.teacher.code, lesson.starts_at) for lesson in lessons.select_related("teacher")]


def list_told(planned: Plan) -> list[Incident]:
    """The incidents that the plan names, without those that lessons became by themselves."""
    named = {(mishap.lesson.teacher, mishap.lesson.starts_at) for mishap in planned.mishaps}
    found = Incident.objects.select_related("teacher").order_by("pk")
    return [one for one in found if (one.teacher.code, one.lesson_starts_at) in named]


def find_school(slug: str) -> School:
    return School.objects.get(slug=slug)


def list_outside_by_teacher(school: School, *, now: datetime) -> dict[str, int]:
    """How many booked lessons to come of whom lie outside open times."""
    with in_school(school.pk):
        teachers = list_with_role(school_id=school.pk, role=Role.TEACHER)
        found = {one.display_name: len(list_outside(school=school, teacher=one, now=now)) for one in teachers}
    return {name: count for name, count in found.items() if count}
