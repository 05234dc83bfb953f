"""What the access matrix asks for that belongs to one person, or opens to whoever knows a secret. All of it exists."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.db import transaction

from makegood import clock
from makegood.actions import history_uploads
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.domain.incidents import objections
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons import move_objections
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.keeping import hold_for_move
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.moving import Move, move
from makegood.domain.notifications import feeds
from makegood.domain.notifications.models import Message, PushSubscription
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.people.operations import INVITATION_LASTS, invite
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import RequestedBy
from tests.web.access_table import ENDED, FIN, MISUSED, NO_SCHOOL, OTHER, OTHER_SCHOOL, OWN, SAM, SAME_SCHOOL, TARA

# Somebody of Marigold who visits nothing: what they have is somebody else's to every visitor.
SUE = "Sue"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@dataclass(frozen=True)
class People:
    """Who has something: the memberships by name. `uma` is in no school."""

    members: Mapping[str, Membership]
    uma: Person

    def person(self, name: str) -> Person:
        """The person of that name."""
        return self.uma if name == NO_SCHOOL else self.members[name].person


@dataclass(frozen=True)
class Belongings:
    """By the part of an address: whose is which, and what is nobody's any more or opens something else."""

    people: People
    owned: Mapping[str, Mapping[str, object]]
    others: Mapping[str, Mapping[str, object]]

    def of(self, part: str, visitor: str) -> Mapping[str, object]:
        """Relation -> value: the visitor's own, Sue's, Otto's in Larkspur, and the rest."""
        owned = self.owned[part]
        own = {} if visitor in {SUE, OTHER_SCHOOL} or visitor not in owned else {OWN: owned[visitor]}
        return {**own, SAME_SCHOOL: owned[SUE], OTHER: owned[OTHER_SCHOOL], **self.others.get(part, {})}

    def password_keys(self, visitor: str) -> Mapping[str, object]:
        """Keys of links that set a password. They end with the next signing in, so they are made when asked for."""
        with transaction.atomic():
            keys = {relation: default_token_generator.make_token(person) for relation, person in self._whose(visitor)}
            # Making one also writes the person's address down, unproved, and the pages would speak of that.
            transaction.set_rollback(True)
        return keys

    def people_in_links(self, visitor: str) -> Mapping[str, object]:
        """Whom such a link is for."""
        return {relation: user_pk_to_url_str(person) for relation, person in self._whose(visitor)}

    def _whose(self, visitor: str) -> Iterable[tuple[str, Person]]:
        if visitor in {TARA, SAM}:
            yield OWN, self.people.person(visitor)
        yield SAME_SCHOOL, self.people.person(SUE)
        yield OTHER, self.people.person(OTHER_SCHOOL)


def make_belongings(people: People, lessons: Mapping[str, Lesson], *, passkeys_of: Mapping[str, Person]) -> Belongings:
    """`lessons` to come by whose they are: Sam's, Sue's, Otto's; and to whom passkeys belong, who visit nothing."""
    members = people.members
    sam, sue, otto = members[SAM], members[SUE], members[OTHER_SCHOOL]
    calendars = {name: _with_calendar(members[name]) for name in (SAM, SUE, OTHER_SCHOOL)}
    cancelled = {name: _cancelled(lessons[name]) for name in (SAM, OTHER_SCHOOL)}
    moved = {name: _moved(lessons[name], by=members[name].person) for name in (SAM, OTHER_SCHOOL)}
    owned: dict[str, Mapping[str, object]] = {
        "browser_id": _browsers(members.values(), names=members),
        "hold_id": {name: _hold(lessons[name], days=10) for name in (SAM, SUE, OTHER_SCHOOL)},
        "upload_id": {SUE: _upload(sam), OTHER_SCHOOL: _upload(otto)},
        "message_id": {SUE: _given_up(sam), OTHER_SCHOOL: _given_up(otto)},
        "calendar_feed.token": calendars,
        "join.token": {
            NO_SCHOOL: _invited(sam, people.uma.email),
            FIN: _invited(sam, members[FIN].person.email),
            SUE: _invited(sam, "nora@example.com"),
            OTHER_SCHOOL: _invited(otto, people.uma.email),
        },
        "not_asked.token": cancelled | {SUE: cancelled[SAM]},
        "not_agreed.token": moved | {SUE: moved[SAM]},
        "pk": {SUE: _passkey(passkeys_of[SUE]), OTHER_SCHOOL: _passkey(passkeys_of[OTHER_SCHOOL])},
    }
    others: dict[str, Mapping[str, object]] = {
        "browser_id": {ENDED: _ended_browser(members[TARA])},
        "hold_id": {ENDED: _hold(lessons[SAM], days=11, until=clock.now() - SECOND)},
        "calendar_feed.token": {
            ENDED: _revoked_calendar(members[TARA]),
            # Nothing but the number is Marigold's.
            MISUSED: f"{sam.school_id}-{calendars[OTHER_SCHOOL].partition('-')[2]}",
        },
        "join.token": {
            ENDED: _invited(sam, people.uma.email, at=clock.now() - INVITATION_LASTS),
            MISUSED: calendars[SAM],
        },
        "not_asked.token": {MISUSED: moved[SAM]},
        "not_agreed.token": {MISUSED: cancelled[SAM]},
    }
    assert sue.school_id == sam.school_id
    return Belongings(people=people, owned=owned, others=others)


def _browsers(members: Iterable[Membership], *, names: Iterable[str]) -> Mapping[str, int]:
    return {name: _browser(member) for name, member in zip(names, members, strict=True)}


def _browser(member: Membership, **changes: object) -> int:
    endpoint = f"https://push.example/{uuid.uuid4()}"
    with in_school(member.school_id):
        return PushSubscription.objects.create(
            school_id=member.school_id, membership=member, endpoint=endpoint, made_at=clock.now() - DAY, **changes
        ).pk


def _ended_browser(member: Membership) -> int:
    return _browser(member, ended_at=clock.now(), ended_because="renewed")


def _with_calendar(member: Membership) -> str:
    with in_school(member.school_id):
        return feeds.renew_feed(school_id=member.school_id, membership_id=member.pk, now=clock.now())


def _revoked_calendar(member: Membership) -> str:
    token = _with_calendar(member)
    with in_school(member.school_id):
        feeds.revoke_feed(school_id=member.school_id, membership_id=member.pk, now=clock.now())
    return token


def _hold(lesson: Lesson, *, days: int, until: datetime | None = None) -> int:
    """Another time of the lesson that its student is choosing."""
    state = LessonState(status=LessonStatus.HELD, waits_for=None, held_until=until or clock.now() + DAY)
    with in_school(lesson.school_id):
        return hold_for_move(lesson=lesson, starts_at=lesson.starts_at + days * DAY, buffer_minutes=0, state=state).pk


def _upload(member: Membership) -> str:
    """A history file with a problem, so that nothing is imported whoever confirms it."""
    text = b"incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at\ni1,tara,yesterday,,,,\n"
    upload_id = history_uploads.save_upload(school=member.school, chunks=[text])
    history_uploads.check_upload(school=member.school, upload_id=upload_id, now=clock.now())
    return upload_id


def _given_up(member: Membership) -> int:
    """One of the messages that the making of the world sent in the member's school."""
    with in_school(member.school_id):
        message = Message.objects.filter(school_id=member.school_id, sent_at=None).earliest("pk")
        Message.objects.filter(pk=message.pk).update(failed_at=clock.now())
    return message.pk


def _invited(member: Membership, email: str, *, at: datetime | None = None) -> str:
    with in_school(member.school_id):
        return invite(
            school_id=member.school_id, email=email, role=Role.SUPPORT, invited_by=None, now=at or clock.now()
        )[1]


def _cancelled(lesson: Lesson) -> str:
    """The link of a student whose teacher cancelled a lesson of a week later in their name."""
    later = _again(lesson, days=7)
    cancel_for_student(
        school=lesson.school,
        actor=lesson.teacher,
        lesson_id=later.pk,
        asked="email",
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=clock.now(),
    )
    with in_school(lesson.school_id):
        return objections.make_token(Incident.objects.get(lesson=later))


def _moved(lesson: Lesson, *, by: Person) -> str:
    """The link of a student whose lesson somebody moved to the thirteenth day."""
    later = _again(lesson, days=12)
    to = Move(
        to_starts_at=later.starts_at + DAY,
        to_ends_at=later.ends_at + DAY,
        requested_by=RequestedBy.COMPANY,
        moved_by_id=by.pk,
        on_behalf_of_id=None,
        door=Door.WEB,
        reason="The room is closed",
        request_id=uuid.uuid4(),
    )
    with in_school(lesson.school_id):
        return move_objections.make_token(move(lesson=later, to=to, buffer_minutes=0, now=clock.now()))


def _again(lesson: Lesson, *, days: int) -> Lesson:
    """The same lesson some days later."""
    starts_at, ends_at = lesson.starts_at + days * DAY, lesson.ends_at + days * DAY
    with in_school(lesson.school_id):
        return Lesson.objects.create(
            school=lesson.school,
            teacher=lesson.teacher,
            student=lesson.student,
            starts_at=starts_at,
            ends_at=ends_at,
            blocked=(starts_at, ends_at),
            pay_minor=1200,
            currency="USD",
        )


def _passkey(person: Person) -> int:
    return int(Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={}).pk)
