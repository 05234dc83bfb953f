"""How lessons of the demo are cancelled, each through its verb."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from makegood.actions.cancel_by_desk import cancel_by_desk
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.report_emergency import report_emergency
from makegood.actions.say_not_asked import say_not_asked
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.demo.booking_deeds import Booked
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

_FORMS: Final = uuid.UUID("3b0d1c0e-87b1-4b0c-8a57-0d0b9f5f3c11")
# Before the undo minutes are over.
_NOTICED_AFTER: Final = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellations:
    """Cancels lessons that came of wishes. Everything runs in the school's transaction."""

    school: School
    desk: Membership

    def by_student(self, booked: Booked, *, is_free: bool, now: datetime) -> None:
        """The student cancels; `is_free`: before the mark."""
        cancel_by_student(
            school=self.school,
            actor=booked.pair.student,
            lesson_id=booked.lesson.pk,
            shown_as_free=is_free,
            note="",
            request_id=self._form("cancel", booked),
            door=Door.WEB,
            now=now,
        )

    def by_mistake(self, booked: Booked, *, now: datetime) -> None:
        """The student cancels in time, and undoes it three minutes later."""
        self.by_student(booked, is_free=True, now=now)
        undo_cancellation(
            school=self.school,
            actor=booked.pair.student,
            lesson_id=booked.lesson.pk,
            door=Door.WEB,
            now=now + _NOTICED_AFTER,
        )

    def report_by_mistake(self, booked: Booked, *, now: datetime) -> None:
        """The teacher reports an emergency for the wrong lesson, and withdraws the report three minutes later."""
        asked: dict[str, Any] = {"school": self.school, "actor": booked.pair.teacher}
        quote = quote_emergency(lesson_id=booked.lesson.pk, now=now, **asked)
        reported = report_emergency(
            lesson_id=booked.lesson.pk,
            situation=int(quote.fitting),
            lesson_begun=False,
            reason="personal",
            note="",
            quote_token=quote.token,
            request_id=self._form("report by mistake", booked),
            door=Door.WEB,
            now=now,
            **asked,
        )
        withdraw_incident(reference=reported.reference, door=Door.WEB, now=now + _NOTICED_AFTER, **asked)

    def by_desk(self, booked: Booked, *, now: datetime) -> None:
        """The desk cancels for a student who called."""
        cancel_by_desk(
            school=self.school,
            actor=self.desk,
            lesson_id=booked.lesson.pk,
            shown_as_free=True,
            asked=AskedWay.PHONE,
            note="The student called from the airport.",
            request_id=self._form("cancel by desk", booked),
            door=Door.PHONE,
            now=now,
        )

    def for_school(self, booked: Booked, *, now: datetime) -> None:
        """The desk cancels for the school, as the policy says with or without pay for the teacher."""
        policy = get_timetable(school_id=self.school.pk).get_at(booked.lesson.starts_at).policy
        cancel_for_school(
            school=self.school,
            actor=self.desk,
            lesson_id=booked.lesson.pk,
            shown_as_paid=policy.company.company_is_paid,
            reason="We move to a new video service in that hour.",
            request_id=self._form("cancel for school", booked),
            door=Door.WEB,
            now=now,
        )

    def for_student(self, booked: Booked, *, asked: AskedWay, now: datetime) -> None:
        """The teacher cancels for a student who asked for it."""
        cancel_for_student(
            school=self.school,
            actor=booked.pair.teacher,
            lesson_id=booked.lesson.pk,
            asked=asked,
            note="",
            request_id=self._form("cancel for student", booked),
            door=Door.WEB,
            now=now,
        )

    def deny(self, booked: Booked, *, now: datetime) -> None:
        """The student says that they did not ask for the cancellation."""
        incident = find_live_of_lesson(school_id=self.school.pk, lesson_id=booked.lesson.pk)
        if incident:
            say_not_asked(
                school=self.school,
                incident_id=incident.pk,
                note="I never wrote that. I was looking forward to the lesson.",
                request_id=self._form("not asked", booked),
                door=Door.WEB,
                now=now,
            )

    def _form(self, what: str, booked: Booked) -> uuid.UUID:
        return uuid.uuid5(_FORMS, f"{what} {self.school.slug} {booked.lesson.pk}")
