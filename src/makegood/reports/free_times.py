"""When a student can book whom: free starts of one teacher or of all, without those that pause, by their own days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.queries import get_rules
from makegood.domain.availability.slots import FreeStarts, find_free_starts
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons import offering
from makegood.domain.lessons.first_meeting import ANY_TIME, NEVER, opens_after
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.offering import Offer
from makegood.domain.lessons.queries import STRANGERS, Acquaintance, list_acquaintances
from makegood.domain.lessons.taken import list_taken_after, times_of, with_break
from makegood.domain.lessons.teaching_loads import FullTimes, find_full_times
from makegood.domain.penalties.pauses import Limits, Pause, read_limits
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.models import School
from makegood.quantities import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    """A start at which these teachers are free."""

    interval: Interval
    teachers: tuple[Membership, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTimes:
    """What the booking page shows: `teachers` are all, the last resorts behind the others.

    `days` are days of the student with a free time; `times` those of `day`. Days of one teacher have a time that the
    student can book. `credits_left` is None where the school asks for none. `has_first`: there is a time for the first
    meeting that was asked about; `has_new`: somebody is left whom the student has not met.
    """

    teachers: tuple[Membership, ...]
    offers: tuple[Offer, ...]
    days: tuple[date, ...]
    day: date | None
    times: tuple[FreeTime, ...]
    credits_left: int | None
    hold_minutes: int
    has_first: bool = False
    has_new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Diary:
    """What is needed to say whom the student can book at a time.

    `last_resort`: whom the student is not proposed where somebody else is free, for they never met.
    `own` is when the student has something else, and `learns` when the one teacher has who is asked for: calendars know
    what a teacher gives, and not what a teacher takes.
    """

    school: School
    rules: BookingRuleSet
    teachers: Mapping[int, Membership]
    own: Sequence[Interval]
    learns: Sequence[Interval]
    pauses: Mapping[int, Sequence[Pause]]
    known: Mapping[int, Acquaintance]
    now: datetime
    last_resort: frozenset[int] = frozenset()
    after_meeting: bool = False
    moves: Lesson | None = None

    def read(self, minutes: int) -> FreeStarts:
        """Where a lesson of this length may start."""
        return find_free_starts(
            school_id=self.school.pk,
            teacher_ids=list(self.teachers),
            from_at=self.now,
            until_at=self.now + timedelta(days=self.rules.horizon_days),
            lesson_minutes=minutes,
            rules=self.rules,
            now=self.now,
        )

    def read_full(self, from_at: datetime, until_at: datetime) -> FullTimes:
        """When the teachers give as many lessons as the rules let, from and until then."""
        return find_full_times(
            school_id=self.school.pk,
            teachers=self.teachers.values(),
            rules=self.rules,
            from_at=from_at,
            until_at=until_at,
            moves=self.moves.pk if self.moves is not None else None,
        )

    def list_able(self, free: FreeStarts, full: FullTimes, at: datetime, minutes: int) -> tuple[Membership, ...]:
        """The teachers who are proposed to the student then; none where the student has a lesson, or gives one."""
        lesson = Interval(at, at + timedelta(minutes=minutes))
        if any(one.overlaps(lesson) for one in self.own):
            return ()
        blocked = with_break(lesson, minutes=self.rules.buffer_minutes)
        if any(one.overlaps(blocked) for one in self.learns):
            return ()
        able = tuple(
            self.teachers[one]
            for one in free.list_free_at(at)
            if not full.holds(one, at) and not self._is_paused(one, at) and at > self.opens_after(one)
        )
        if not self.last_resort:
            return able
        return tuple(one for one in able if one.pk not in self.last_resort) or able

    def opens_after(self, teacher_id: int) -> datetime:
        """After which instant the student's lessons with this teacher may begin, as far as they meet first."""
        if not self.after_meeting:
            return ANY_TIME
        met_at = self.known.get(teacher_id, STRANGERS).met_at
        return opens_after(met_at, moves_from=self.moves.starts_at if self.moves is not None else None)

    def _is_paused(self, teacher_id: int, at: datetime) -> bool:
        is_new = not self.known.get(teacher_id, STRANGERS).is_known
        return any(
            pause.forbids(starts_at=at, now=self.now, is_new_student=is_new)
            for pause in self.pauses.get(teacher_id, ())
        )


def list_free_times(
    *,
    school: School,
    student: Membership,
    teacher_id: int | None,
    minutes: int,
    day: date | None,
    now: datetime,
    known: Mapping[int, Acquaintance] | None = None,
    is_first: bool = False,
    first_minutes: int | None = None,
    after_meeting: bool = False,
    rules: BookingRuleSet | None = None,
    moves: Lesson | None = None,
) -> FreeTimes:
    """Free times from now to the booking horizon; `teacher_id` None: of all. Without a `day` the first that has one.

    `minutes` nought: no kind of lesson is offered.

    `is_first`: for a first meeting, so only of teachers whom the student has not met. `rules` and `known` (how the
    student stands to teachers) where they were read. `first_minutes`: say also whether a first meeting of this length
    could be booked. `after_meeting`: only times of teachers whom the student meets before them. `moves`: the lesson
    that would move, where one would; its day is shown without a `day`, or the next that has a time.
    """
    rules = rules or get_rules(school_id=school.pk)
    teachers = _list_teachers_of(school, student)
    wanted = {one: member for one, member in teachers.items() if teacher_id in {None, one}}
    # Where a lesson moves, nobody chooses among teachers.
    asked = teachers if moves is None else wanted
    limits = read_limits(school_id=school.pk, teacher_ids=asked.keys(), now=now)
    if known is None:
        # Only a pause for new students asks who has met, and who is proposed before whom.
        reads = is_first or after_meeting or _asks_who_is_new(limits, wanted, is_choice=moves is None)
        known = list_acquaintances(school_id=school.pk, student_id=student.pk) if reads else {}
    last = frozenset(one for one in limits.last_resort if not known.get(one, STRANGERS).is_known)
    taken = list_taken_after(school_id=school.pk, student_id=student.pk, teacher_id=teacher_id, now=now)
    # Of these a first meeting can be booked, too, as far as it would be none.
    meetings = _Diary(
        school=school,
        rules=rules,
        teachers=_leave_out_closed(wanted, limits, known, now),
        own=times_of(taken, member_id=student.pk),
        learns=() if teacher_id is None else times_of(taken, member_id=teacher_id),
        pauses=limits.pauses,
        known=known,
        now=now,
        # Whoever asks for one teacher is proposed nobody else.
        last_resort=last if teacher_id is None else frozenset(),
        moves=moves,
    )
    diary = replace(meetings, after_meeting=after_meeting)
    if is_first or after_meeting:
        diary = _of_fitting_teachers(diary, known, is_first=is_first)
    days, shown_day, times = _list_times(diary, student, teacher_id, minutes, day)
    left = count_left(school_id=school.pk, student_id=student.pk, now=now) if rules.requires_credits else None
    return FreeTimes(
        teachers=tuple(sorted(teachers.values(), key=lambda one: (one.pk in last, one.display_name))),
        offers=tuple(offer for offer in offering.list_offers(school_id=school.pk) if offer.is_offered),
        days=days,
        day=shown_day,
        times=times,
        credits_left=left,
        hold_minutes=rules.hold_minutes,
        has_first=first_minutes is not None and _has_time(meetings, first_minutes, found=days, found_minutes=minutes),
        has_new=any(not known.get(one, STRANGERS).has_first for one in wanted),
    )


def _of_fitting_teachers(diary: _Diary, known: Mapping[int, Acquaintance], *, is_first: bool) -> _Diary:
    """Of teachers who can be met for the first time, or whom the student meets before."""
    fits = {
        one: member
        for one, member in diary.teachers.items()
        if not (is_first and known.get(one, STRANGERS).has_first) and diary.opens_after(one) != NEVER
    }
    return replace(diary, teachers=fits)


def _list_teachers_of(school: School, student: Membership) -> Mapping[int, Membership]:
    """Whom the student can book, by id: nobody is their own teacher."""
    found = list_with_role(school_id=school.pk, role=Role.TEACHER)
    return {member.pk: member for member in found if member.pk != student.pk}


def _asks_who_is_new(limits: Limits, wanted: Collection[int], *, is_choice: bool) -> bool:
    """Whether anything differs for students whom a teacher does not know."""
    return (is_choice and bool(limits.last_resort)) or any(
        pause.is_for_new_students for one, found in limits.pauses.items() if one in wanted for pause in found
    )


def _leave_out_closed(
    wanted: Mapping[int, Membership], limits: Limits, known: Mapping[int, Acquaintance], now: datetime
) -> Mapping[int, Membership]:
    """Without those for whom a pause of matching forbids every time, whenever the lesson is."""

    def is_closed(teacher_id: int) -> bool:
        is_new = not known.get(teacher_id, STRANGERS).is_known
        return any(
            pause.is_for_new_students and pause.forbids(starts_at=now, now=now, is_new_student=is_new)
            for pause in limits.pauses.get(teacher_id, ())
        )

    return {one: member for one, member in wanted.items() if not is_closed(one)}


def _list_times(
    diary: _Diary, student: Membership, teacher_id: int | None, minutes: int, day: date | None
) -> tuple[tuple[date, ...], date | None, tuple[FreeTime, ...]]:
    """The student's days with a time, the one that is shown, and its times; none of a lesson that has no length."""
    if not minutes:
        return (), None, ()
    zone = ZoneInfo(student.person.zone)
    free = diary.read(minutes)
    starts = [(at, at.astimezone(zone).date()) for at, _count in free.list_times()]
    if not starts:
        return (), None, ()
    full: FullTimes | None = None
    if teacher_id is not None or diary.after_meeting:
        # Few teachers may pause or have nothing left: a day that cannot be booked is not offered.
        full = diary.read_full(starts[0][0], starts[-1][0])
        starts = [(at, on) for at, on in starts if diary.list_able(free, full, at, minutes)]
    days = sorted({on for _at, on in starts})
    shown_day = day if day in days else _choose_day(days, diary.moves, zone)
    shown = [at for at, on in starts if on == shown_day]
    if not shown:
        return (), None, ()
    # Of all teachers only those of the day that is shown are looked at so closely.
    full = full or diary.read_full(shown[0], shown[-1])
    times = tuple(
        FreeTime(interval=Interval(at, at + timedelta(minutes=minutes)), teachers=able)
        for at in shown
        if (able := diary.list_able(free, full, at, minutes))
    )
    return tuple(days), shown_day, times


def _choose_day(days: Sequence[date], moves: Lesson | None, zone: ZoneInfo) -> date | None:
    """The first; of a lesson that would move its own day or the next after it, for most are moved by a day or two."""
    if moves is None or not days:
        return next(iter(days), None)
    its_day = moves.starts_at.astimezone(zone).date()
    return next((on for on in days if on >= its_day), days[-1])


def _has_time(diary: _Diary, minutes: int, *, found: Sequence[date], found_minutes: int) -> bool:
    """Whether one teacher has a bookable time of this length, when for `found_minutes` days were `found` or none."""
    if found and minutes <= found_minutes:
        # Where the longer lesson may start, the shorter one may.
        return True
    free = diary.read(minutes)
    starts = [at for at, _count in free.list_times()]
    if not starts:
        return False
    full = diary.read_full(starts[0], starts[-1])
    return any(diary.list_able(free, full, at, minutes) for at in starts)


def list_days_around(*, days: Sequence[date], day: date | None, most: int = 14) -> Sequence[date]:
    """The days of the strip: a page of them, the one with `day`."""
    if day is None or day not in days:
        return days[:most]
    first = days.index(day) // most * most
    return days[first : first + most]
