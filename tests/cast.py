"""The cast: a school with Tara who teaches, Sam who studies, staff, and Uma, a stranger of another school."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources

from makegood.actions.publish_policy_version import publish_policy_version
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.report_emergency import EmergencyReported, report_emergency
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership, Person, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_MONTH = date(2026, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Cast:
    """A school and its people."""

    school: School
    tara: Membership
    tom: Membership
    sam: Membership
    desi: Membership
    rhea: Membership
    fin: Membership
    owen: Membership


def make_cast(
    *,
    slug: str = "marigold",
    preset: str = "25hoon",
    zone: str = "Asia/Manila",
    is_demo: bool = False,
    policy_from_on: date = FIRST_MONTH,
    but: Mapping[str, str] | None = None,
) -> Cast:
    """A school under a shipped policy since January 2026, with one person per role and a second teacher, Tom.

    `policy_from_on`: since an earlier day instead; `but`: as in `publish`.
    """
    school = School.objects.create(
        slug=slug,
        name=slug.title(),
        zone=zone,
        desk_email=f"desk@{slug}.example",
        desk_phone="+63 2 8123 4567",
        support_email=f"support@{slug}.example",
        pays_teachers=preset != "talaera",
        is_demo=is_demo,
        created_at=LONG_AGO,
    )
    people = {
        "tara": ("Tara Teaches", Role.TEACHER, "Asia/Manila"),
        "tom": ("Tom Teaches", Role.TEACHER, "Europe/Madrid"),
        "sam": ("Sam Studies", Role.STUDENT, "America/New_York"),
        "desi": ("Desi Desk", Role.DESK, zone),
        "rhea": ("Rhea Reviews", Role.REVIEWER, zone),
        "fin": ("Fin Pays", Role.PAYROLL, zone),
        "owen": ("Owen Owns", Role.OWNER, zone),
    }
    with in_school(school.pk):
        members = add_members(school, [(code, name, role, its_zone) for code, (name, role, its_zone) in people.items()])
    published_at = datetime(policy_from_on.year, policy_from_on.month, policy_from_on.day, tzinfo=UTC)
    publish(school, preset=preset, from_on=policy_from_on, now=published_at, but=but)
    return Cast(school=school, **{member.code: member for member in members})


def publish(
    school: School,
    *,
    preset: str = "25hoon",
    from_on: date = FIRST_MONTH,
    now: datetime = LONG_AGO,
    but: Mapping[str, str] | None = None,
) -> None:
    """Publish a shipped policy document in the school; `but`: what stands there once, and what is to stand instead."""
    document = (resources.files("makegood.presets") / f"{preset}.toml").read_text(encoding="utf-8")
    for shipped, wanted in (but or {}).items():
        assert document.count(shipped) == 1, f"{preset}.toml does not say once: {shipped}"
        document = document.replace(shipped, wanted)
    publication = publish_policy_version(
        school=school,
        document=document,
        in_force_from_on=from_on,
        published_by_id=None,
        change_note="",
        door=Door.COMMAND,
        now=now,
    )
    assert publication.problems == ()


def add_member(
    school: School, *, code: str, name: str, role: Role, zone: str, joined_at: datetime = LONG_AGO
) -> Membership:
    """A person of the school with one role."""
    (member,) = add_members(school, [(code, name, role, zone)], joined_at=joined_at)
    return member


def add_members(
    school: School, people: Sequence[tuple[str, str, Role, str]], *, joined_at: datetime = LONG_AGO
) -> Sequence[Membership]:
    """People of the school with one role each, by one statement per table: code, name, role and zone."""
    persons = Person.objects.bulk_create(
        Person(email=f"{code}@{school.slug}.example", full_name=name, zone=zone, created_at=LONG_AGO, password="!")
        for code, name, _role, zone in people
    )
    members = Membership.objects.bulk_create(
        Membership(school=school, person=person, code=code, display_name=name, joined_at=joined_at)
        for person, (code, name, _role, _zone) in zip(persons, people, strict=True)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(school=school, membership=member, role=role, granted_at=LONG_AGO)
        for member, (_code, _name, role, _zone) in zip(members, people, strict=True)
    )
    return members


def book(cast: Cast, *, starts_at: datetime, teacher: Membership | None = None, minutes: int = 50) -> Lesson:
    """A lesson of Tara (or another teacher) with Sam, for 12.00 where the school pays money."""
    teacher = teacher or cast.tara
    ends_at = starts_at + timedelta(minutes=minutes)
    with in_school(cast.school.pk):
        return Lesson.objects.create(
            school=cast.school,
            teacher=teacher,
            student=cast.sam,
            starts_at=starts_at,
            ends_at=ends_at,
            blocked=(starts_at, ends_at),
            pay_minor=1200 if cast.school.pays_teachers else None,
            currency="USD" if cast.school.pays_teachers else None,
            booked_at=LONG_AGO,
        )


def report(
    cast: Cast,
    lesson: Lesson,
    *,
    now: datetime,
    actor: Membership | None = None,
    request_id: uuid.UUID | None = None,
    lesson_begun: bool = False,
    reason: str = "",
) -> EmergencyReported:
    """What the page does: look at the price, then report with the situation that fits."""
    actor = actor or cast.tara
    quote = quote_emergency(school=cast.school, actor=actor, lesson_id=lesson.pk, now=now)
    return report_emergency(
        school=cast.school,
        actor=actor,
        lesson_id=lesson.pk,
        situation=int(quote.fitting),
        lesson_begun=lesson_begun,
        reason=reason,
        note="",
        quote_token=quote.token,
        request_id=request_id or uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )
