"""Tells some lessons of the demo minute by minute, as their people would have used the lesson page."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Final

from makegood.actions.claim_absence import claim_absence
from makegood.actions.decide_absence import Verdict, decide_absence
from makegood.actions.end_desk_case import end_desk_case
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.report_problem import report_problem
from makegood.actions.start_lesson import start_lesson
from makegood.actions.watch_lessons import look_at_lesson
from makegood.demo.episodes import Episode, Manner
from makegood.domain.lessons import attending, desk_cases
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, PresenceFact, Side
from makegood.domain.lessons.presence import AWAY_AFTER, JOIN_EARLY, Seen
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.rules.settings.conduct import Waiting

_FORMS: Final = uuid.UUID("c4f2f0c7-2f4b-4f0e-9c38-7f10a3c0f6a1")
_Kind: Final = PresenceFact.Kind
_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)
_TWELVE: Final = timedelta(minutes=12, seconds=20)
_LATE_BY: Final = timedelta(minutes=7)

# When what is done.
Deed = tuple[datetime, Callable[[], object]]


class LessonPage:
    """The page of one lesson, used by its two people; the `desk` answers. `school` is set for the transaction."""

    def __init__(
        self, *, school: School, lesson: Lesson, teacher: Membership, student: Membership, desk: Membership
    ) -> None:
        self._school = school
        self._desk = desk
        self._lesson = lesson
        self._teacher = teacher
        self._student = student
        self._starts_at = lesson.starts_at
        self._ends_at = lesson.ends_at

    @cached_property
    def _waiting(self) -> Waiting:
        return get_timetable(school_id=self._school.pk).waiting_at(self._starts_at)

    @property
    def _has_talked_at(self) -> datetime:
        """When the desk has talked with both, in good time before something is recorded by itself."""
        return self._ends_at + self._waiting.confirm_within / 2

    def deeds(self, episode: Episode) -> Iterator[Deed]:
        """Everything that people and the product do in the episode."""
        match episode.manner:
            case Manner.TWELVE_MINUTES:
                yield from self._twelve_minutes()
            case Manner.LATE_AND_MADE_UP:
                yield from self._late()
            case Manner.BOTH_CLAIM:
                yield from self._both_claim()
            case Manner.NEVER_REPORTED:
                yield from self.student_waits()
            case Manner.PROBLEM:
                yield from self._problem("The sound breaks off every few minutes.")
            case Manner.DECIDED:
                yield from self._both_claim()
                yield self._has_talked_at, self._decide
            case Manner.SETTLED:
                yield from self._problem("I cannot see what my teacher shares.")
                yield self._has_talked_at, self._settle

    def _twelve_minutes(self) -> Iterator[Deed]:
        """The teacher stops after 12 minutes and tells nobody."""
        gone = self._starts_at + _TWELVE
        yield self._see(
            *_stay(Side.TEACHER, self._starts_at - 2 * _MINUTE, gone - 10 * _SECOND),
            *_stay(Side.STUDENT, self._starts_at - _MINUTE, gone + 8 * _MINUTE),
        )
        yield self._start(self._starts_at)
        yield self._finish(gone)
        yield from self._looks()

    def _late(self) -> Iterator[Deed]:
        """The teacher comes 7 minutes late and teaches on after the end."""
        came_at = self._starts_at + _LATE_BY
        end = self._ends_at + _LATE_BY
        yield self._see(
            *_stay(Side.STUDENT, self._starts_at - 2 * _MINUTE, end),
            *_stay(Side.TEACHER, came_at, end - 10 * _SECOND),
        )
        yield self._start(came_at + 10 * _SECOND)
        yield self._finish(end + 20 * _SECOND)

    def _both_claim(self) -> Iterator[Deed]:
        """The teacher leaves too soon, the student comes too late; each says that the other was not there."""
        said_at = self._starts_at + self._waiting.wait_for(self._ends_at - self._starts_at) + _MINUTE
        yield self._see(
            *_stay(Side.TEACHER, self._starts_at - _MINUTE, self._starts_at + 5 * _MINUTE),
            Seen(self._starts_at + 5 * _MINUTE + 8 * _SECOND, Side.TEACHER, _Kind.LEFT),
            *_stay(Side.STUDENT, said_at + _MINUTE, self._ends_at - 3 * _MINUTE),
            Seen(self._ends_at - 3 * _MINUTE + 5 * _SECOND, Side.STUDENT, _Kind.LEFT),
        )
        yield self._claim(self._teacher, "I waited and nobody came.", said_at)
        yield self._claim(self._student, "I have been in the room for a while and I am alone.", said_at + 3 * _MINUTE)
        yield from self._looks()

    def student_waits(self) -> Iterator[Deed]:
        """The student waits for a quarter of an hour; the teacher never comes, and nobody says anything."""
        gone = self._starts_at + 16 * _MINUTE
        yield self._see(*_stay(Side.STUDENT, self._starts_at - 2 * _MINUTE, gone), Seen(gone, Side.STUDENT, _Kind.LEFT))
        yield from self._looks()

    def teacher_waits(self) -> Iterator[Deed]:
        """The student does not come; the teacher says so after the wait."""
        said_at = self._starts_at + self._waiting.wait_for(self._ends_at - self._starts_at) + _MINUTE
        yield self._see(
            *_stay(Side.TEACHER, self._starts_at - 3 * _MINUTE, said_at + 2 * _MINUTE),
            Seen(said_at + 2 * _MINUTE + 5 * _SECOND, Side.TEACHER, _Kind.LEFT),
        )
        yield self._start(self._starts_at)
        yield self._claim(self._teacher, "", said_at)
        yield from self._looks()

    def taught(self) -> Iterator[Deed]:
        """Both come and stay to the end."""
        yield self._see(
            Seen(self._starts_at - 2 * _MINUTE, Side.TEACHER, _Kind.JOINED),
            Seen(self._starts_at - _MINUTE, Side.STUDENT, _Kind.JOINED),
            Seen(self._ends_at + _MINUTE, Side.STUDENT, _Kind.LEFT),
        )
        yield self._start(self._starts_at)
        yield self._finish(self._ends_at + 20 * _SECOND)

    def _problem(self, note: str) -> Iterator[Deed]:
        yield from self.taught()
        said_at = self._starts_at + 11 * _MINUTE
        yield said_at, partial(self._say_problem, note, said_at)

    def _see(self, *seen: Seen) -> Deed:
        deed = partial(attending.record_many, school_id=self._school.pk, seen=[(self._lesson, seen)], door=Door.WEB)
        return min(one.at for one in seen), deed

    def _start(self, at: datetime) -> Deed:
        actor, lesson_id = self._teacher, self._lesson.pk
        return at, partial(start_lesson, school=self._school, actor=actor, lesson_id=lesson_id, door=Door.WEB, now=at)

    def _finish(self, at: datetime) -> Deed:
        actor, lesson_id = self._teacher, self._lesson.pk
        return at, partial(finish_lesson, school=self._school, actor=actor, lesson_id=lesson_id, door=Door.WEB, now=at)

    def _claim(self, who: Membership, note: str, at: datetime) -> Deed:
        """Somebody says that the other one is not there."""
        return at, partial(
            claim_absence,
            school=self._school,
            actor=who,
            lesson_id=self._lesson.pk,
            kind=LessonClaim.Kind.OTHER_ABSENT,
            note=note,
            request_id=self._form(f"claim of {who.code}"),
            door=Door.WEB,
            now=at,
        )

    def _say_problem(self, note: str, at: datetime) -> None:
        report_problem(
            school=self._school,
            actor=self._student,
            lesson_id=self._lesson.pk,
            note=note,
            request_id=self._form("problem"),
            door=Door.WEB,
            now=at,
        )

    def _decide(self) -> None:
        """The desk believes the student: the teacher did not wait."""
        decide_absence(
            school=self._school,
            actor=self._desk,
            case_id=self._find_case(DeskCase.Kind.BOTH_CLAIM).pk,
            verdict=Verdict.TEACHER_ABSENT,
            note="The teacher left after 5 minutes and did not wait; the student came soon after that.",
            door=Door.WEB,
            now=self._has_talked_at,
        )

    def _settle(self) -> None:
        """The desk asked what was wrong, and tells both what came of it."""
        end_desk_case(
            school=self._school,
            actor=self._desk,
            case_id=self._find_case(DeskCase.Kind.PROBLEM).pk,
            outcome=desk_cases.Outcome.SETTLED,
            reason="The browser was too old to show it. I helped the student to bring it up to date.",
            seen="",
            request_id=self._form("settle"),
            door=Door.WEB,
            now=self._has_talked_at,
        )

    def _find_case(self, kind: DeskCase.Kind) -> DeskCase:
        case = desk_cases.find_open_of_lesson(lesson=self._lesson, kind=kind)
        assert case is not None, "it was opened by what people said"
        return case

    def _looks(self) -> Iterator[Deed]:
        """The job looks after the end, and puts on record what nobody explained in time."""
        for at in (self._ends_at + AWAY_AFTER + _MINUTE, self._ends_at + self._waiting.confirm_within + _MINUTE):
            yield at, partial(self._look, at)

    def _look(self, at: datetime) -> None:
        heard = attending.list_minutes_seen(
            school_id=self._school.pk, since=self._starts_at - JOIN_EARLY, until=self._ends_at
        )
        look_at_lesson(school=self._school, lesson_id=self._lesson.pk, heard=heard, now=at)

    def _form(self, what: str) -> uuid.UUID:
        return uuid.uuid5(_FORMS, f"{what} {self._school.slug} {self._teacher.code} {self._starts_at.isoformat()}")


def _stay(side: Side, since: datetime, until: datetime) -> Sequence[Seen]:
    """Somebody joins and gives a sign of life every minute."""
    count = int((until - since) / _MINUTE)
    signs = (Seen(since + number * _MINUTE, side, _Kind.SEEN) for number in range(1, count + 1))
    return (Seen(since, side, _Kind.JOINED), *signs)
