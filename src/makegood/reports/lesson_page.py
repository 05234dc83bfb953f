"""A lesson as one of its two people sees it: who is here, what was taught, what may be done, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.objections import may_be_objected_to
from makegood.domain.incidents.queries import find_live_of_lesson, is_attendance_in_question
from makegood.domain.lessons import attending, claiming, move_objections, video_links
from makegood.domain.lessons.models import Lesson, LessonClaim, LessonMove, LessonStatus, Side
from makegood.domain.lessons.moving import find_last_move
from makegood.domain.lessons.presence import JOIN_EARLY, Attendance
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.series import list_of_series
from makegood.domain.lessons.statuses import CALLED_OFF, NEVER_A_LESSON, OPEN
from makegood.domain.penalties.foreseeing import Foreseen, confirmed_until, foresee
from makegood.domain.penalties.history import gather_facts
from makegood.domain.penalties.operations import find_live
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline.kinds import MOVED_BY_DESK, EventKind
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.queries import list_of_lesson
from makegood.reports.foreseen import is_to_be_told
from makegood.reports.upcoming import UpcomingLesson, show_upcoming
from makegood.rules.facts import Kind, RequestedBy

# What both sides may read about the lesson; what was decided and what it costs stands on the teacher's case.
_SHOWN: Final = (
    EventKind.LESSON_BOOKED,
    EventKind.BOOKING_APPROVED,
    EventKind.APPROVAL_UNDONE,
    EventKind.ANSWER_UNDONE,
    EventKind.PROPOSAL_ACCEPTED,
    EventKind.CANCELLED_FOR_STUDENT,
    EventKind.CANCELLED_FOR_SCHOOL,
    EventKind.CANCELLED_BY_STUDENT,
    EventKind.CANCELLED_LATE_BY_STUDENT,
    EventKind.CANCELLATION_UNDONE,
    EventKind.NOT_ASKED,
    EventKind.NOT_AGREED,
    EventKind.CANCELLATION_CORRECTED,
    EventKind.DESK_CASE_ENDED,
    EventKind.EMERGENCY_REPORTED,
    EventKind.INCIDENT_WITHDRAWN,
    EventKind.MOVED_BY_STUDENT,
    EventKind.MOVED_FOR_STUDENT,
    EventKind.MOVED_FOR_TEACHER,
    EventKind.MOVED_FOR_SCHOOL,
    EventKind.MOVE_REQUESTED,
    EventKind.MOVE_APPROVED,
    EventKind.MOVE_NOT_APPROVED,
    EventKind.MOVE_WITHDRAWN,
    EventKind.MOVE_ASKED,
    EventKind.MOVE_AGREED,
    EventKind.MOVE_REFUSED,
    EventKind.MOVE_TAKEN_BACK,
    EventKind.MOVE_LAPSED,
    EventKind.MOVE_UNDONE,
    EventKind.OTHER_TIME_FREED,
    EventKind.OTHER_TIME_BOOKED,
    # What stands on the record of a lesson whose student withdrew a move, before that had an event of its own.
    EventKind.TIME_LET_GO,
    EventKind.LESSON_STARTED,
    EventKind.LESSON_FINISHED,
    EventKind.LESSON_TAUGHT,
    EventKind.PROBLEM_REPORTED,
    EventKind.ABSENCE_CLAIMED,
    EventKind.INCIDENT_DETECTED,
    EventKind.INCIDENT_RECORDED,
    EventKind.ABSENCE_DECIDED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPage:
    """Everything on the page. `incident` is the live one; `late_from`, `absent_from`: when one may say so.

    `is_waiting`: the other side could have come and did not yet; `has_presence`: it may be said who was here.
    `is_used`: the student gave the lesson up too late or missed it, and the teacher is paid.
    `own_claims`: what the member said of it, and when.
    `objection`: whether the student may say, or said, that they did not ask for what is on record. `moved`: the desk's
    move to this time, while the student may say that they did not ask for it or did not agree.
    `video_link` is "" where nobody has set one, and as long as nobody can join. `upcoming`: for the teacher of a booked
    lesson to come, which door fits now. `foreseen`: for the teacher, what will be put on record, while nothing is.
    `series`: all lessons of the series that it is of, by their places.
    """

    lesson: Lesson
    side: Side
    attendance: Attendance
    incident: Incident | None
    is_used: bool
    objection: Literal["", "open", "said"]
    moved: LessonMove | None
    own_claims: Mapping[LessonClaim.Kind, datetime]
    events: Sequence[Event]
    opens_at: datetime
    late_from: datetime
    absent_from: datetime
    confirm_until: datetime
    can_join: bool
    video_link: str
    can_start: bool
    can_finish: bool
    is_here: bool
    is_other_here: bool
    is_over: bool
    is_waiting: bool
    has_presence: bool
    can_report: bool
    can_claim: bool
    upcoming: UpcomingLesson | None
    foreseen: Foreseen | None
    series: Sequence[Lesson]

    @property
    def costs_nothing(self) -> bool:
        """Whether what is on record leaves the student the lesson: the doing of others, or cancelled in time."""
        if self.incident is None or self.is_used:
            return False
        return self.incident.requested_by != RequestedBy.STUDENT or self.incident.kind == Kind.CANCELLED


def make_lesson_page(*, school: School, member: Membership, lesson_id: int, now: datetime) -> LessonPage | None:
    """The page at `now`, None for a lesson that is not the member's.

    At most 8 statements; one more for a lesson of a series, and one while one can join; two more for the teacher of a
    lesson that ended and is not recorded, or for the student of one that the desk moved.
    """
    lesson = find_lesson(school_id=school.pk, lesson_id=lesson_id)
    side = attending.side_of(lesson=lesson, member_id=member.pk) if lesson is not None else None
    if lesson is None or side is None or lesson.status in NEVER_A_LESSON:
        return None
    incident = find_live_of_lesson(school_id=school.pk, lesson_id=lesson.pk)
    attendance = attending.find_attendance(lesson=lesson, now=now)
    claims = claiming.list_of_present_time(lesson=lesson)
    is_open = lesson.status in OPEN
    end = attendance.closes_at if lesson.status == LessonStatus.IN_PROGRESS else lesson.ends_at
    opens_at = lesson.starts_at - JOIN_EARLY
    timetable = get_timetable(school_id=school.pk)
    waiting = timetable.waiting_at(lesson.starts_at)
    late_from = lesson.starts_at + waiting.late_after
    absent_from = lesson.starts_at + waiting.wait_for(lesson.length)
    confirm_until = confirmed_until(lesson=lesson, attendance=attendance, timetable=timetable)
    can_join = is_open and opens_at <= now < end
    other = Side.STUDENT if side is Side.TEACHER else Side.TEACHER
    events = list_of_lesson(school_id=school.pk, lesson_id=lesson.pk, kinds=_SHOWN)
    is_teacher = side is Side.TEACHER
    has_finished = attendance.finished_at is not None
    return LessonPage(
        lesson=lesson,
        side=side,
        attendance=attendance,
        incident=incident,
        is_used=incident is not None and _is_used(incident),
        objection="" if is_teacher or incident is None else _find_objection(incident, events, now),
        moved=None if is_teacher else _find_move_to_deny(lesson, events, now),
        own_claims={LessonClaim.Kind(claim.kind): claim.made_at for claim in claims if claim.side == side},
        events=events,
        opens_at=opens_at,
        late_from=late_from,
        absent_from=absent_from,
        confirm_until=confirm_until,
        can_join=can_join,
        video_link=video_links.link_of(lesson) if can_join else "",
        can_start=can_join and is_teacher and lesson.status == LessonStatus.BOOKED,
        can_finish=is_teacher and lesson.status == LessonStatus.IN_PROGRESS and not has_finished,
        is_here=attendance.is_here(side, now),
        is_other_here=attendance.is_here(other, now),
        is_over=not is_open or now >= end,
        is_waiting=is_open
        and opens_at <= now < absent_from
        and bool(lesson.student_id)
        and not has_finished
        and attendance.first_at(other) is None,
        has_presence=now >= opens_at
        and (is_attendance_in_question(lesson=lesson, live=incident) or bool(attendance.teacher or attendance.student)),
        can_report=now >= opens_at,
        can_claim=min(late_from, absent_from) <= now < confirm_until
        and bool(lesson.student_id)
        and is_attendance_in_question(lesson=lesson, live=incident)
        # Never of who was seen in a lesson that was finished.
        and not (has_finished and attendance.first_at(other) is not None),
        upcoming=_find_door(lesson, timetable, now) if is_teacher else None,
        foreseen=_foresee(school, lesson, attendance, timetable, now) if is_teacher else None,
        series=list_of_series(school_id=school.pk, series_id=lesson.series_id) if lesson.series_id else (),
    )


def _foresee(
    school: School, lesson: Lesson, attendance: Attendance, timetable: Timetable, now: datetime
) -> Foreseen | None:
    if not is_to_be_told(school=school, lesson=lesson, attendance=attendance, timetable=timetable, now=now):
        return None
    history = gather_facts(school_id=school.pk, teacher_id=lesson.teacher_id, names_rows=False)
    return foresee(
        lesson=lesson,
        teacher=lesson.teacher,
        attendance=attendance,
        history=history,
        timetable=timetable,
        now=now,
    )


def _find_objection(incident: Incident, events: Sequence[Event], now: datetime) -> Literal["", "open", "said"]:
    """Only where the teacher says that the student asked; who cancelled themself asked."""
    told = {event.kind for event in events if event.incident_id == incident.pk}
    if EventKind.NOT_ASKED in told:
        return "said"
    is_open = EventKind.CANCELLED_FOR_STUDENT in told and may_be_objected_to(incident=incident, now=now)
    return "open" if is_open else ""


def _find_move_to_deny(lesson: Lesson, events: Sequence[Event], now: datetime) -> LessonMove | None:
    by_desk = [event.at for event in events if event.kind in MOVED_BY_DESK]
    if not by_desk or lesson.status in CALLED_OFF:
        return None
    last = find_last_move(school_id=lesson.school_id, lesson_id=lesson.pk)
    if last is None or last.undoes_id is not None or last.moved_at not in by_desk:
        return None
    is_open = move_objections.is_open(move=last, last=last, now=now)
    return None if not is_open or move_objections.has_objection(move=last) else last


def _find_door(lesson: Lesson, timetable: Timetable, now: datetime) -> UpcomingLesson | None:
    if lesson.status != LessonStatus.BOOKED or now >= lesson.starts_at:
        return None
    return show_upcoming(lesson=lesson, timetable=timetable, now=now)


def _is_used(incident: Incident) -> bool:
    if incident.requested_by != RequestedBy.STUDENT:
        return False
    assessment = find_live(school_id=incident.school_id, incident_ids=[incident.pk]).get(incident.pk)
    return assessment is not None and assessment.paid
