"""A small believable school: the prototype's Tuesday in Manila, under either policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from makegood.domain.ledger import operations as ledger
from makegood.domain.ledger.models import TransferKind
from makegood.domain.ledger.operations import Posting
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.quantities import Money
from tests.cast import Cast, add_member, make_cast, report

# 14:12 in Manila, a Tuesday.
NOW = datetime(2026, 10, 20, 6, 12, tzinfo=UTC)
PAY_MINOR = 1200


@dataclass(frozen=True, kw_only=True)
class Believable:
    """The cast and what their Tuesday looks like. `references` are Tara's earlier cases, oldest first."""

    cast: Cast
    students: dict[str, Membership]
    next_lesson: Lesson
    far_lesson: Lesson
    references: tuple[str, ...]

    @property
    def school(self) -> School:
        return self.cast.school


def make_believable(*, preset: str = "25hoon", slug: str = "marigold", name: str = "Marigold Languages") -> Believable:
    """Tara has four lessons to come, taught five this month, and reported two emergencies."""
    cast = make_cast(slug=slug, preset=preset, zone="Asia/Manila" if preset == "25hoon" else "Europe/Berlin")
    School.objects.filter(pk=cast.school.pk).update(name=name, emergency_phone="+63 2 5550 0100")
    cast.school.refresh_from_db()
    with in_school(cast.school.pk):
        students = {
            code: add_member(cast.school, code=code, name=full_name, role=Role.STUDENT, zone=zone)
            for code, (full_name, zone) in {
                "kenji": ("Kenji Arai", "Asia/Tokyo"),
                "lea": ("Léa Martin", "Europe/Paris"),
                "omar": ("عمر حداد", "Asia/Riyadh"),
                "dana": ("Dana Brooks", "America/New_York"),
            }.items()
        }
        add_member(cast.school, code="olga", name="Olga Support", role=Role.SUPPORT, zone=cast.school.zone)
    references = tuple(
        report(cast, _book(cast, students["lea"], starts_at=at, title="Conversation A2"), now=at - notice).reference
        for at, notice in (
            (NOW - timedelta(days=8, hours=2), timedelta(hours=3)),
            (NOW - timedelta(days=1, hours=3), timedelta(minutes=35)),
        )
    )
    taught = [
        _book(cast, students["kenji"], starts_at=NOW - timedelta(days=day), title="Business English B2", is_taught=True)
        for day in range(2, 12, 2)
    ]
    _pay(cast, taught)
    following = _book(cast, students["kenji"], starts_at=_manila(20, 15, 30), title="Business English B2")
    _book(cast, students["omar"], starts_at=_manila(20, 20, 30), minutes=25, title="Interview practice")
    _book(cast, students["lea"], starts_at=_manila(22, 16, 0), title="Conversation A2")
    far = _book(cast, students["dana"], starts_at=_manila(23, 7, 0), title="Grammar clinic B1")
    return Believable(cast=cast, students=students, next_lesson=following, far_lesson=far, references=references)


def _manila(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def _book(
    cast: Cast, student: Membership, *, starts_at: datetime, title: str, minutes: int = 50, is_taught: bool = False
) -> Lesson:
    ends_at = starts_at + timedelta(minutes=minutes)
    has_pay = cast.school.pays_teachers
    with in_school(cast.school.pk):
        return Lesson.objects.create(
            school=cast.school,
            teacher=cast.tara,
            student=student,
            starts_at=starts_at,
            ends_at=ends_at,
            blocked=(starts_at, ends_at),
            title=title,
            status=LessonStatus.TAUGHT if is_taught else LessonStatus.BOOKED,
            taught_minutes=minutes if is_taught else None,
            pay_minor=PAY_MINOR if has_pay else None,
            currency="USD" if has_pay else None,
            booked_at=starts_at - timedelta(days=20),
        )


def _pay(cast: Cast, lessons: Sequence[Lesson]) -> None:
    postings = [
        Posting(
            kind=TransferKind.LESSON_PAY,
            source=lesson.pk,
            membership_id=lesson.teacher_id,
            amount=Money(lesson.pay_minor, lesson.currency),
            month_on=lesson.starts_at.date().replace(day=1),
        )
        for lesson in lessons
        if lesson.pay_minor is not None and lesson.currency is not None
    ]
    with in_school(cast.school.pk):
        ledger.settle(school_id=cast.school.pk, reversals=[], postings=postings, now=NOW)
