"""Two schools, one per shipped policy, with made-up histories that touch every edge of the rules."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from makegood import clock
from makegood.actions.approve_move import approve_move
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.actions.lift_matching_pause import lift_matching_pause
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.quote_move import quote_move_at_desk
from makegood.actions.set_availability import set_availability
from makegood.actions.set_booking_rules import set_booking_rules
from makegood.actions.set_default_availability import set_default_availability
from makegood.actions.settlement import Cause, settle
from makegood.actions.take_back_credits import take_back_credits
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.actions.watch_calendars import watch_calendars
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.models import MatchingPause
from makegood.domain.availability.openness import Step
from makegood.domain.incidents.models import Incident, IncidentDecision
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership, Role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.context import in_school
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.uptime import operations as uptime
from makegood.rules.facts import RequestedBy
from tests import moves
from tests.cast import Cast, add_member, book, make_cast, report

HOUR = timedelta(hours=1)
STATUSES = {
    "cancelled": "cancelled",
    "rescheduled": "moved",
    "no_show": "missed",
    "cut_short": "cut_short",
    "late": "taught",
}
NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
# Minutes between report and lesson start, around every edge; None: never reported.
NOTICES = (None, -70, -50, -49, -10, 0, 1, 59, 60, 61, 1439, 1440, 3000)

# After each booked lesson its teacher has a break, and its student a lesson with another one, `early` minutes before
# the first one ends.
BREAK_AFTER = """UPDATE makegood_lesson SET blocked = tstzrange(starts_at, ends_at + interval '15 minutes')
                 WHERE status = 'booked'"""
LESSON_AFTER = """
    INSERT INTO makegood_lesson (school_id, teacher_id, student_id, starts_at, ends_at, blocked, status, lesson_type,
      title, join_link, version)
    SELECT school_id, (SELECT max(id) FROM makegood_membership AS other WHERE code LIKE 'teacher%'
                       AND other.school_id = lesson.school_id), student_id, at, at + interval '25 minutes',
      tstzrange(at, at + interval '25 minutes'), 'booked', lesson_type, title, join_link, 1
    FROM makegood_lesson AS lesson CROSS JOIN LATERAL (SELECT ends_at - interval '{early} minutes' AS at) AS next
    WHERE status = 'booked' AND student_id IS NOT NULL"""


def write_two_schools(*, seed: int, teachers: int) -> tuple[int, int]:
    """Write the schools and return their ids."""
    random = Random(seed)
    uptime.keep_heartbeat(at=clock.now())
    fined, trusted = make_cast(), make_cast(slug="harbor", preset="talaera", zone="Europe/Madrid")
    for cast in (fined, trusted):
        report(cast, book(cast, starts_at=NOON), now=NOON - timedelta(hours=2))
        book(cast, starts_at=NOON + timedelta(days=2))
        mistaken = report(cast, book(cast, starts_at=NOON + timedelta(days=1)), now=NOON)
        withdraw_incident(school=cast.school, actor=cast.tara, reference=mistaken.reference, door=Door.WEB, now=NOON)
        move_lessons(cast)
        change_at_the_desk(cast)
        correct_credits(cast)
        pause_matching(cast)
        open_calendar(cast)
        for number in range(teachers):
            code = f"teacher{number}"
            with in_school(cast.school.pk):
                teacher = add_member(cast.school, code=code, name=code, role=Role.TEACHER, zone="UTC")
                write_history(cast, teacher, random)
    return fined.school.pk, trusted.school.pk


def move_lessons(cast: Cast) -> None:
    """Sam moves a lesson twice, taking the second move back; another one moves because Tara asked.

    Then the school approves two moves: one was asked for in time, and one too late.
    """
    moves.open_mornings(cast)
    lesson, other = book(cast, starts_at=moves.WEDNESDAY), book(cast, starts_at=moves.FRIDAY)
    moves.reschedule(cast, lesson, to=moves.THURSDAY)
    moves.reschedule(cast, lesson, to=moves.WEDNESDAY)
    undo_reschedule(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=moves.NOW)
    asked = moves.ask(cast, other, starts_at=moves.FRIDAY + timedelta(days=3))
    moves.answer(cast, asked)
    moves.set_rules(cast, needs_approval=True)
    for wanted, shown_as_free in ((moves.WEDNESDAY + 7 * moves.DAY, True), (moves.NOW + 20 * HOUR, False)):
        lesson = book(cast, starts_at=wanted)
        wish = moves.reschedule(cast, lesson, to=wanted + moves.DAY, shown_as_free=shown_as_free)
        assert wish.move_request_id is not None
        approve_move(
            school=cast.school,
            actor=cast.desi,
            move_request_id=wish.move_request_id,
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=moves.NOW + HOUR,
        )


def change_at_the_desk(cast: Cast) -> None:
    """The desk cancels for the school and moves for everybody, once for good and once to take it back."""
    week, a_day = moves.WEDNESDAY + 14 * moves.DAY, moves.DAY
    by_desi: dict[str, Any] = {"school": cast.school, "actor": cast.desi, "door": Door.WEB, "now": moves.NOW + HOUR}
    for days, is_undone in ((0, False), (1, True)):
        lesson = book(cast, starts_at=week + days * a_day)
        cancel_for_school(**by_desi, lesson_id=lesson.pk, shown_as_paid=False, reason="Closed", request_id=uuid.uuid4())
        if is_undone:
            undo_cancellation(**by_desi, lesson_id=lesson.pk)
    for days, requested_by in enumerate((RequestedBy.STUDENT, RequestedBy.TEACHER, RequestedBy.COMPANY)):
        for hours, is_undone in ((0, False), (1, True)):
            lesson = book(cast, starts_at=week + (7 + days) * a_day + hours * HOUR)
            token = quote_move_at_desk(
                school=cast.school, actor=cast.desi, lesson_id=lesson.pk, teacher_id=cast.tara.pk, now=moves.NOW + HOUR
            ).token
            move_by_desk(
                **by_desi, lesson_id=lesson.pk, requested_by=requested_by, starts_at=lesson.starts_at + 7 * a_day,
                asked="phone", reason="Called", shown=Shown(quote_token=token), request_id=uuid.uuid4(),
            )  # fmt: skip
            if is_undone:
                undo_reschedule(**by_desi, lesson_id=lesson.pk)


def correct_credits(cast: Cast) -> None:
    """Sam gets three lesson credits, one of which the desk takes back."""
    moves.give_credits(cast, 3)
    with in_school(cast.school.pk):
        given = CreditGrant.objects.get(student=cast.sam)
    take_back_credits(
        school=cast.school, actor=cast.desi, grant_id=given.pk, count=1, reason="Two were paid",
        request_id=uuid.uuid4(), door=Door.WEB, now=moves.NOW + HOUR,
    )  # fmt: skip


def open_calendar(cast: Cast) -> None:
    """Tara's calendar from the database's own today on, as the audit looks at the weeks ahead of it."""
    now = datetime.now(UTC)
    set_default_availability(
        school=cast.school,
        actor=cast.tara,
        teacher_id=cast.tara.pk,
        weekly={weekday: [WallRange(540, 720), WallRange(1080, 1440)] for weekday in range(6)},
        from_on=(now + timedelta(days=1)).date(),
        reason="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )
    set_availability(
        school=cast.school,
        actor=cast.tara,
        teacher_id=cast.tara.pk,
        days={(now + timedelta(days=15)).date(): [], (now + timedelta(days=16)).date(): [WallRange(0, 90)]},
        reason="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )


def pause_matching(cast: Cast) -> None:
    """Tom closes his calendar: matching pauses for him, the desk lifts that."""
    set_booking_rules(
        school=cast.school, actor=cast.owen, rules=BookingRuleSet(freshness_pause_days=60), request_id=uuid.uuid4(),
        door=Door.WEB, now=NOON,
    )  # fmt: skip
    set_default_availability(
        school=cast.school, actor=cast.tom, teacher_id=cast.tom.pk, weekly={0: [WallRange(540, 720)]},
        from_on=NOON.date(), reason="", request_id=uuid.uuid4(), door=Door.WEB, now=NOON,
    )  # fmt: skip
    set_availability(
        school=cast.school, actor=cast.tom, teacher_id=cast.tom.pk, days={(NOON + timedelta(days=5)).date(): []},
        reason="", request_id=uuid.uuid4(), door=Door.WEB, now=NOON,
    )  # fmt: skip
    watch = partial(watch_calendars, school=cast.school)
    assert [watch(now=NOON + hours * HOUR) for hours in (1, 25)] == [[Step.WARN], [Step.PAUSE]]
    with in_school(cast.school.pk):
        pause = MatchingPause.objects.get()
    lift_matching_pause(
        school=cast.school, actor=cast.desi, pause_id=pause.pk, reason="Was ill", request_id=uuid.uuid4(),
        door=Door.WEB, now=NOON + 26 * HOUR,
    )  # fmt: skip


def write_history(cast: Cast, teacher: Membership, random: Random) -> None:
    """Write up to twelve incidents of one teacher within a few weeks, some of them half a year apart."""
    days = random.sample(range(45), random.randint(2, 12))
    for day in days:
        month = random.choice([5, 9, 9, 9]) if not cast.school.pays_teachers else 9
        # Around midnight in the policy's zone, so that days, weeks and months have edges here too.
        starts_at = datetime(2026, month, 1, random.choice([15, 16, 21, 22, 9]), 0, tzinfo=UTC) + timedelta(days=day)
        if not Lesson.objects.filter(teacher=teacher, starts_at=starts_at).exists():
            incident = write_incident(cast, teacher, starts_at, random)
            cause = Cause(incident_id=incident.pk, actor_id=None, door=Door.IMPORT)
            settle(
                school=cast.school, teacher_id=teacher.pk, timetable=get_timetable(school_id=cast.school.pk),
                cause=cause, why="made up", now=NOON,
            )  # fmt: skip


def write_incident(cast: Cast, teacher: Membership, starts_at: datetime, random: Random) -> Incident:
    """Write a lesson, what became of it, perhaps a decision, and its event."""
    kind = random.choice([*STATUSES, "cancelled", "cancelled"])
    notice = random.choice([*NOTICES, *[None] * 8] if kind == "no_show" else NOTICES)
    lesson = Lesson.objects.create(
        school=cast.school, teacher=teacher, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=50),
        blocked=(starts_at, starts_at + timedelta(minutes=50)), status=STATUSES[kind],
        lesson_type=random.choice(["regular", "regular", "meet_your_teacher"]),
        pay_minor=1200 if cast.school.pays_teachers else None, currency="USD" if cast.school.pays_teachers else None,
    )  # fmt: skip
    incident = Incident.objects.create(
        school=cast.school, reference=uuid.UUID(int=random.getrandbits(128)).hex[:12], lesson=lesson, teacher=teacher,
        request_id=uuid.UUID(int=random.getrandbits(128)), kind=kind, lesson_starts_at=starts_at, lesson_minutes=50,
        requested_by=random.choice(["teacher"] * 8 + ["student", "company"]), lesson_type=lesson.lesson_type,
        reported_at=None if notice is None else starts_at - timedelta(minutes=notice),
        taught_minutes=random.choice([0, 1, 19, 20, 45]) if kind == "cut_short" else 0, door=Door.IMPORT,
    )  # fmt: skip
    if random.random() < 0.4:
        IncidentDecision.objects.create(
            school=cast.school, incident=incident, number=1, decided_at=NOON, decided_by=cast.rhea, door=Door.IMPORT,
            decision=random.choice(["upheld", "reduced", "waived", "voided"]), reason="made up",
            request_id=uuid.UUID(int=random.getrandbits(128)),
        )  # fmt: skip
    timeline.record(
        school_id=cast.school.pk, kind=EventKind.INCIDENT_IMPORTED, at=NOON, door=Door.IMPORT, actor_id=None,
        incident_id=incident.pk,
    )  # fmt: skip
    return incident
