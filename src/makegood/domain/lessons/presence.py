"""From what the lesson page saw of both sides to when each was there and how long was taught. Pure: no clock, no rows.

Whoever sends signs of life is away where none came for longer than two of them take; whoever sends none (no script) is
there from joining until leaving. Minutes are taught while the teacher has started and both are there. What the
teacher's late arrival took may be made up after the scheduled end; nothing else counts there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from makegood.domain.lessons.models.presence import PresenceFact, Side

Kind = PresenceFact.Kind

# How slowly a page in the background still gets to say that somebody is there: browsers hold its timer to a minute.
HEARTBEAT: Final = timedelta(minutes=1)
AWAY_AFTER: Final = 2 * HEARTBEAT
# A lesson can be joined this long before its start.
JOIN_EARLY: Final = timedelta(minutes=10)
_LEAVING: Final = frozenset({Kind.FINISHED, Kind.LEFT})
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """One presence fact."""

    at: datetime
    side: Side
    kind: Kind


@dataclass(frozen=True, slots=True)
class Spell:
    """Somebody was there, `[start, end)`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """What the facts say about one lesson.

    `late_by` is how long after the scheduled start a side was first there, zero or more, None: never. `closes_at` is
    until when missing time can be made up. All minutes are whole. `given_minutes` are those that the teacher was there
    for, with or without the student; `taught_minutes` those in which both were and the teacher had started.
    """

    teacher: tuple[Spell, ...]
    student: tuple[Spell, ...]
    started_at: datetime | None
    finished_at: datetime | None
    left_at: datetime | None
    closes_at: datetime
    teacher_late_by: timedelta | None
    student_late_by: timedelta | None
    given_minutes: int
    together_minutes: int
    taught_minutes: int

    def is_here(self, side: Side, at: datetime) -> bool:
        """Whether the side was there at `at`, as far as was known then."""
        spells = self.teacher if side == Side.TEACHER else self.student
        return any(spell.start <= at <= spell.end for spell in spells)

    @property
    def has_begun(self) -> bool | None:
        """Whether the lesson began: both were there and the teacher had started; not when they were never together.

        None: they were together and nobody pressed Start, so the facts do not say.
        """
        if not self.has_met:
            return False
        return True if self.started_at is not None else None

    @property
    def has_met(self) -> bool:
        """Whether both were there at one moment."""
        return any(one.start <= other.end and other.start <= one.end for one in self.teacher for other in self.student)

    def first_at(self, side: Side) -> datetime | None:
        """When the side first came."""
        spells = self.teacher if side == Side.TEACHER else self.student
        return spells[0].start if spells else None

    def last_at(self, side: Side) -> datetime | None:
        """When the side was there last."""
        spells = self.teacher if side == Side.TEACHER else self.student
        return spells[-1].end if spells else None


def attend(
    *, facts: Iterable[Seen], starts_at: datetime, ends_at: datetime, until: datetime, has_student: bool = True
) -> Attendance:
    """What the facts up to `until` say of a lesson booked for `[starts_at, ends_at)`.

    Where nobody is booked as the student (imported lessons), whoever the teacher teaches is there with the teacher.

    Order and repetition of facts change nothing, and neither does a lost sign of life while the next one comes. Facts
    from before the lesson could be joined say nothing; and once it was to begin, neither does a look at its page of
    somebody who had gone by then.
    """
    known = sorted({fact for fact in facts if starts_at - JOIN_EARLY <= fact.at <= until})
    of_teacher = [fact for fact in known if fact.side == Side.TEACHER]
    started_at = _first(of_teacher, Kind.STARTED)
    # Whoever comes back after Finish has not finished.
    # Who went before it was to begin neither finished it nor left it.
    last = of_teacher[-1] if of_teacher and (of_teacher[-1].at > starts_at or until <= starts_at) else None
    finished_at = last.at if last is not None and last.kind == Kind.FINISHED else None
    left_at = last.at if last is not None and last.kind == Kind.LEFT else None
    came = _come(_spells(of_teacher, until=min(until, finished_at or until)), starts_at, until)
    late_by = _late_by(came[0].start if came else None, starts_at)
    closes_at = ends_at + min(late_by or timedelta(), ends_at - starts_at)
    if started_at is not None and started_at > starts_at and late_by:
        # Made up is what was lost until the teaching began, not until the page was opened.
        closes_at = max(closes_at, ends_at + min(started_at - starts_at, ends_at - starts_at))
    stop = min(until, closes_at, finished_at or closes_at)
    teacher = _come(_spells(of_teacher, until=stop), starts_at, until)
    of_student = [fact for fact in known if fact.side == Side.STUDENT]
    student = _come(_spells(of_student, until=stop), starts_at, until) if has_student else teacher
    length = int((ends_at - starts_at) / _MINUTE)
    begin = min(starts_at, started_at or starts_at)
    together = _overlap(_clip(teacher, begin, stop), student)
    taught = _clip(together, started_at, stop) if started_at is not None else ()
    return Attendance(
        teacher=teacher,
        student=student,
        started_at=started_at,
        finished_at=finished_at,
        left_at=left_at,
        closes_at=closes_at,
        teacher_late_by=late_by,
        student_late_by=_late_by(student[0].start if student else None, starts_at),
        given_minutes=min(length, _minutes(_clip(teacher, begin, stop))),
        together_minutes=min(length, _minutes(together)),
        taught_minutes=min(length, _minutes(taught)),
    )


def _first(facts: Sequence[Seen], kind: Kind) -> datetime | None:
    return next((fact.at for fact in facts if fact.kind == kind), None)


def _late_by(came_at: datetime | None, starts_at: datetime) -> timedelta | None:
    return None if came_at is None else max(timedelta(), came_at - starts_at)


def _spells(facts: Sequence[Seen], *, until: datetime) -> tuple[Spell, ...]:
    """When one side was there. `facts` are theirs, in order."""
    has_signs = any(fact.kind == Kind.SEEN for fact in facts)
    spells: list[Spell] = []
    since = last = None
    for fact in facts:
        if fact.at > until:
            break
        if since is not None and last is not None and has_signs and fact.at - last > AWAY_AFTER:
            spells.append(Spell(since, last))
            since = None
        if fact.kind in _LEAVING:
            if since is not None:
                spells.append(Spell(since, fact.at))
            since = None
        elif since is None:
            since = fact.at
        last = fact.at
    if since is not None and last is not None:
        is_lost = has_signs and until - last > AWAY_AFTER
        spells.append(Spell(since, last if is_lost else until))
    return tuple(spells)


def _come(spells: Sequence[Spell], starts_at: datetime, until: datetime) -> tuple[Spell, ...]:
    """Without the spells that were over when the lesson was to begin, once it has begun."""
    if until <= starts_at:
        return tuple(spells)
    return tuple(spell for spell in spells if spell.end > starts_at or spell.start >= starts_at)


def _clip(spells: Sequence[Spell], start: datetime, end: datetime) -> tuple[Spell, ...]:
    clipped = (Spell(max(spell.start, start), min(spell.end, end)) for spell in spells)
    return tuple(spell for spell in clipped if spell.end > spell.start)


def _overlap(one: Sequence[Spell], other: Sequence[Spell]) -> tuple[Spell, ...]:
    return tuple(found for spell in one for found in _clip(other, spell.start, spell.end))


def _minutes(spells: Sequence[Spell]) -> int:
    return int(sum((spell.end - spell.start for spell in spells), timedelta()) / _MINUTE)


def longest_silence(*, minutes: Iterable[datetime], start: datetime, end: datetime) -> timedelta:
    """The longest stretch of `[start, end)` in none of the `minutes` (each the beginning of one)."""
    heard_until = start
    longest = timedelta()
    for minute in sorted(found for found in minutes if found < end):
        longest = max(longest, minute - heard_until)
        heard_until = max(heard_until, minute + _MINUTE)
    return max(longest, end - heard_until)
