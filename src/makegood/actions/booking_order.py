"""What somebody asks for when a lesson is booked, moved or answered. Shared by the verbs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal


class OwnTeacher(Refusal):
    """Who teaches and who learns would be the same person."""

    code = "own_teacher"
    sentence = gettext_noop("Nobody can be their own student. Nothing was booked. Choose another teacher.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingOrder:
    """Who asks for lessons of whom, and how. Ids are memberships; `actor` is one of the two, or the desk."""

    school: School
    actor: Membership
    teacher_id: int
    student_id: int
    request_id: uuid.UUID
    door: Door
    now: datetime
    reason: str = ""

    @classmethod
    def about(
        cls,
        lesson: Lesson,
        *,
        school: School,
        actor: Membership,
        request_id: uuid.UUID,
        door: Door,
        now: datetime,
        reason: str = "",
    ) -> BookingOrder:
        """What somebody asks of the two people of a lesson, which has a student."""
        assert lesson.student_id is not None, "only an imported lesson has no student, and nobody asks for one"
        return cls(
            school=school,
            actor=actor,
            teacher_id=lesson.teacher_id,
            student_id=lesson.student_id,
            request_id=request_id,
            door=door,
            now=now,
            reason=reason,
        )

    def refuse_one_for_both(self) -> None:
        """Raise OwnTeacher where teacher and student are one."""
        if self.teacher_id == self.student_id:
            raise OwnTeacher

    @property
    def is_by_student(self) -> bool:
        """Whether the student books for themselves."""
        return self.actor.pk == self.student_id

    @property
    def on_behalf_of_id(self) -> int | None:
        """The student, when neither of the two acts."""
        return None if self.actor.pk in {self.teacher_id, self.student_id} else self.student_id
