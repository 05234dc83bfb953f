"""The people and things the access matrix is executed on."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.utils.http import int_to_base36

from makegood import clock
from makegood.actions.add_holiday import add_holiday
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.quote_move import quote_move
from makegood.actions.report_emergency import report_emergency
from makegood.domain.availability.models import FreshnessWarning, MatchingPause
from makegood.domain.ledger.credits import NewGrant, grant
from makegood.domain.lessons import desk_cases, move_requests
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.keeping import hold_for_move
from makegood.domain.lessons.models import DeskCase, Lesson, LessonStatus, LessonType, Side, WaitsFor
from makegood.domain.lessons.move_requests import NewMoveRequest
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import LONG_AGO, publish
from tests.schools import NAMES, Cast, make_cast, make_member, make_person, make_school
from tests.web.access_belongings import SUE, Belongings, People, make_belongings
from tests.web.access_table import MISSING, NO_SCHOOL, OTHER, OTHER_SCHOOL, OWN, SAM, SAME_SCHOOL, TARA

Thing = TypeVar("Thing", int, str)


@dataclass(frozen=True)
class World:
    """Marigold with one person per role, Larkspur with Otto who holds all roles there, and Uma in no school."""

    marigold: Cast
    otto: Membership
    uma: Person
    lesson_ids: Mapping[str, int]
    references: Mapping[str, str]
    holiday_ids: Mapping[str, int]
    student_ids: Mapping[str, int]
    desk_case_ids: Mapping[str, int]
    move_request_ids: Mapping[str, int]
    student_move_ids: Mapping[str, int]
    matching_pause_ids: Mapping[str, int]
    grant_ids: Mapping[str, int]
    belongings: Belongings

    def person(self, visitor: str) -> Person | None:
        """The person behind a name of the table; None for somebody signed out."""
        people = {NAMES[role]: member.person for role, member in self.marigold.members.items()}
        return (people | {OTHER_SCHOOL: self.otto.person, NO_SCHOOL: self.uma}).get(visitor)


def make_world() -> World:
    """Create everybody; Tara (with Sam), another teacher (with Sue) and Otto each have a lesson to come; and a case."""
    marigold = make_cast("marigold")
    tara = marigold.members[Role.TEACHER]
    tom = make_member(marigold.school, make_person("Tom"), [Role.TEACHER])
    otto = make_member(make_school("larkspur"), make_person("Otto"), list(Role))
    sue = make_member(marigold.school, make_person("Sue"), [Role.STUDENT])
    publish(marigold.school)
    publish(otto.school)
    publish(otto.school, from_on=date(2026, 2, 1), now=LONG_AGO + timedelta(days=1))
    with in_school(otto.school_id):
        LessonType.objects.create(
            school=otto.school, code="harp", number=1, name="Harp", minutes=[50], set_at=clock.now(), set_by=otto.person
        )
    oda = make_member(otto.school, make_person("Oda"), [Role.STUDENT])
    teachers = {OWN: tara, SAME_SCHOOL: tom, OTHER: otto}
    students = {OWN: marigold.members[Role.STUDENT], SAME_SCHOOL: sue, OTHER: oda}
    # In the past for the database, which knows what time it is; cases are as old as the time the pages are asked for.
    lessons = {
        relation: _book(teacher, starts_at=clock.now() + timedelta(hours=3), student=students[relation])
        for relation, teacher in teachers.items()
    }
    uma = make_person("Uma")
    references = {relation: _report(teacher) for relation, teacher in teachers.items()}
    return World(
        marigold=marigold,
        otto=otto,
        uma=uma,
        lesson_ids={relation: lesson.pk for relation, lesson in lessons.items()},
        desk_case_ids={SAME_SCHOOL: _ask_the_desk(lessons[OWN]), OTHER: _ask_the_desk(lessons[OTHER])},
        references=references,
        holiday_ids={
            SAME_SCHOOL: _close(marigold.members[Role.OWNER]),
            OTHER: _close(otto),
        },
        student_ids={relation: student.pk for relation, student in students.items()} | {OTHER: otto.pk},
        move_request_ids={relation: _ask(teachers[relation], student) for relation, student in students.items()},
        student_move_ids={
            SAME_SCHOOL: _ask_the_school(tom, sue),
            OTHER: _ask_the_school(otto, make_member(otto.school, make_person("Ole"), [Role.STUDENT])),
        },
        matching_pause_ids={SAME_SCHOOL: _pause(tom), OTHER: _pause(otto)},
        grant_ids={SAME_SCHOOL: _give(sue), OTHER: _give(otto)},
        belongings=make_belongings(
            People(
                members={NAMES[role]: member for role, member in marigold.members.items()}
                | {SUE: sue, OTHER_SCHOOL: otto},
                uma=uma,
            ),
            {SAM: lessons[OWN], SUE: lessons[SAME_SCHOOL], OTHER_SCHOOL: lessons[OTHER]},
            passkeys_of={SUE: tom.person, OTHER_SCHOOL: oda.person},
        ),
    )


def _ask_the_desk(lesson: Lesson) -> int:
    with in_school(lesson.school_id):
        kind = DeskCase.Kind.PROBLEM
        return desk_cases.open_case(lesson=lesson, kind=kind, opened_by_id=None, now=clock.now()).pk


def _give(student: Membership) -> int:
    """A lesson credit of the student, by nobody of the cast."""
    now = clock.now()
    new = NewGrant(
        student_id=student.pk,
        credits=1,
        expires_on=None,
        reason="",
        granted_by_id=None,
        door=Door.WEB,
        request_id=uuid.uuid4(),
    )
    with in_school(student.school_id):
        return grant(school_id=student.school_id, new=new, month_on=now.date().replace(day=1), now=now).pk


def _close(owner: Membership) -> int:
    added = add_holiday(
        school=owner.school,
        actor=owner,
        day_on=clock.now().date() + timedelta(days=30),
        name="Founders' day",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=clock.now(),
    )
    return added.holiday_id


def _report(teacher: Membership) -> str:
    now = clock.now() - timedelta(minutes=1)
    lesson = _book(teacher, starts_at=now + timedelta(minutes=40))
    quote = quote_emergency(school=teacher.school, actor=teacher, lesson_id=lesson.pk, now=now)
    reported = report_emergency(
        school=teacher.school,
        actor=teacher,
        lesson_id=lesson.pk,
        situation=2,
        lesson_begun=False,
        reason="",
        note="",
        quote_token=quote.token,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )
    return reported.reference


def _ask(teacher: Membership, student: Membership) -> int:
    """The teacher asks to move a lesson of the student from the fifth day to the sixth."""
    now = clock.now()
    lesson = _book(teacher, starts_at=now + timedelta(days=5), student=student)
    quote = quote_move(school=teacher.school, actor=teacher, lesson_id=lesson.pk, now=now)
    asked = ask_to_move(
        school=teacher.school,
        actor=teacher,
        lesson_id=lesson.pk,
        starts_at=now + timedelta(days=6),
        says_side=Side.TEACHER,
        reason="A wedding",
        quote_token=quote.token,
        door=Door.WEB,
        now=now,
    )
    return asked.move_request_id


def _ask_the_school(teacher: Membership, student: Membership) -> int:
    """The student asks the school to move a lesson from the eighth day to the ninth."""
    now = clock.now()
    lesson = _book(teacher, starts_at=now + timedelta(days=8), student=student)
    state = LessonState(status=LessonStatus.REQUESTED, waits_for=WaitsFor.SCHOOL, held_until=now + timedelta(days=2))
    with in_school(teacher.school_id):
        held = hold_for_move(lesson=lesson, starts_at=now + timedelta(days=9), buffer_minutes=0, state=state)
        new = NewMoveRequest(
            hold=held,
            asked_by_id=student.pk,
            says_side=Side.STUDENT,
            reason="",
            door=Door.WEB,
            request_id=uuid.uuid4(),
        )
        return move_requests.ask(lesson=lesson, new=new, now=now).pk


def _pause(teacher: Membership) -> int:
    """Matching pauses for the teacher since a minute, who was warned a day before."""
    at = clock.now() - timedelta(minutes=1)
    with in_school(teacher.school_id):
        warning = FreshnessWarning.objects.create(
            school=teacher.school,
            teacher=teacher,
            number=1,
            warned_at=at - timedelta(hours=24),
            broken_since_at=at - timedelta(hours=25),
            days_ahead=0,
            needed_days=14,
            pause_days=60,
            grace_hours=24,
            rules_number=0,
            pauses_at=at,
        )
        return MatchingPause.objects.create(
            school=teacher.school,
            teacher=teacher,
            warning=warning,
            starts_at=at,
            ends_at=at + timedelta(hours=24 * 60),
            days_ahead=0,
            rules_number=0,
        ).pk


def _book(teacher: Membership, *, starts_at: datetime, student: Membership | None = None) -> Lesson:
    ends_at = starts_at + timedelta(minutes=50)
    with in_school(teacher.school_id):
        return Lesson.objects.create(
            school=teacher.school,
            teacher=teacher,
            student=student,
            starts_at=starts_at,
            ends_at=ends_at,
            blocked=(starts_at, ends_at),
            pay_minor=1200,
            currency="USD",
        )


# What the parts of addresses may name, by their name in the URL pattern: relation -> value. `<page>.<part>` where the
# same name is another thing on each page.
THINGS: dict[str, Callable[[World, str], Mapping[str, object]]] = {
    "membership_id": lambda world, visitor: {
        OWN: next((member.pk for role, member in world.marigold.members.items() if NAMES[role] == visitor), MISSING_ID),
        SAME_SCHOOL: world.marigold.members[Role.TEACHER].pk,
        OTHER: world.otto.pk,
        MISSING: MISSING_ID,
    },
    "teacher_id": lambda world, _visitor: {
        SAME_SCHOOL: world.marigold.members[Role.TEACHER].pk,
        OTHER: world.otto.pk,
        MISSING: MISSING_ID,
    },
    "pause_id": lambda world, _visitor: {**world.matching_pause_ids, MISSING: MISSING_ID},
    "grant_id": lambda world, _visitor: {**world.grant_ids, MISSING: MISSING_ID},
    "holiday_id": lambda world, _visitor: {**world.holiday_ids, MISSING: MISSING_ID},
    "lesson_id": lambda world, visitor: {**_whose(world.lesson_ids, visitor), MISSING: MISSING_ID},
    "hold_id": lambda world, visitor: {**world.belongings.of("hold_id", visitor), MISSING: MISSING_ID},
    "case_id": lambda world, _visitor: {**world.desk_case_ids, MISSING: MISSING_ID},
    "move_request_id": lambda world, visitor: {**_whose(world.move_request_ids, visitor), MISSING: MISSING_ID},
    "student_move_id": lambda world, _visitor: {**world.student_move_ids, MISSING: MISSING_ID},
    "student_id": lambda world, visitor: {**_whose(world.student_ids, visitor), MISSING: MISSING_ID},
    "reference": lambda world, visitor: {**_whose(world.references, visitor), MISSING: "ZZZZ-ZZZ"},
    "month": lambda world, visitor: {OWN: "2026-10", MISSING: "2026-13"},
    "upload_id": lambda world, visitor: {**world.belongings.of("upload_id", visitor), MISSING: "0" * 32},
    "code": lambda world, visitor: {SAME_SCHOOL: "regular", OTHER: "harp", MISSING: "no_such_type"},
    # Of a policy; Larkspur has a second one.
    "number": lambda world, visitor: {OWN: 1, OTHER: 2},
    "calendar_feed.token": lambda world, visitor: _secret(world, "calendar_feed.token", visitor),
    "join.token": lambda world, visitor: _secret(world, "join.token", visitor),
    "not_asked.token": lambda world, visitor: _secret(world, "not_asked.token", visitor),
    "not_agreed.token": lambda world, visitor: _secret(world, "not_agreed.token", visitor),
    "message_id": lambda world, visitor: {**world.belongings.of("message_id", visitor), MISSING: MISSING_ID},
    "browser_id": lambda world, visitor: {**world.belongings.of("browser_id", visitor), MISSING: MISSING_ID},
    "pk": lambda world, visitor: {**world.belongings.of("pk", visitor), MISSING: MISSING_ID},
    "uidb36": lambda world, visitor: {**world.belongings.people_in_links(visitor), MISSING: int_to_base36(MISSING_ID)},
    "key": lambda world, visitor: {**world.belongings.password_keys(visitor), MISSING: "no-such-key"},
}
MISSING_ID = 987_654_321


def _whose(things: Mapping[str, Thing], visitor: str) -> Mapping[str, Thing]:
    """What belongs to Tara and Sam is their own, and somebody else's for all others of the school."""
    if visitor in {TARA, SAM}:
        return things
    return {SAME_SCHOOL: things[OWN], OTHER: things[OTHER]}


def _secret(world: World, part: str, visitor: str) -> Mapping[str, object]:
    return {**world.belongings.of(part, visitor), MISSING: "no-such-token"}
