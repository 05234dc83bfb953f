"""Small demo schools in a real database: what was planned is what a visitor finds."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import Sum

from makegood.demo import DEMO_PASSWORD, sign_ins
from makegood.demo.schools import LARKSPUR, MARIGOLD
from makegood.demo.top_up import top_up
from makegood.domain.incidents.models import Incident, IncidentDecision, IncidentWithdrawal
from makegood.domain.ledger.credits import count_left_of_many, has_standing_use
from makegood.domain.ledger.models import CreditGrant, PayPeriod, Transfer
from makegood.domain.lessons.attending import find_attendances
from makegood.domain.lessons.models import DeskCase, Lesson, LessonSeries, PresenceFact, WaitsFor
from makegood.domain.lessons.move_requests import list_unanswered
from makegood.domain.lessons.queries import list_waiting
from makegood.domain.lessons.series import group_by_series
from makegood.domain.notifications.models import Channel, ChannelChoice, Message, QuietHours
from makegood.domain.notifications.operations import list_overdue
from makegood.domain.notifications.undelivered import list_undelivered
from makegood.domain.penalties.models import Assessment, Consequence
from makegood.domain.people.models import Membership, Person, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from tests.demo.events import EVERY_SCHOOL, ONE_SCHOOL
from tests.demo.loaded import NOW, TEACHERS
from tests.demo.plans import Plan, make_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_schools")]


@pytest.fixture
def marigold() -> School:
    return School.objects.get(slug="marigold")


@pytest.fixture
def larkspur() -> School:
    return School.objects.get(slug="larkspur")


def list_planned(planned: Plan) -> list[tuple[str, datetime]]:
    """Who teaches when, of what nobody booked through the product."""
    by_hand = Event.objects.filter(kind__in=("lesson_booked", "lesson_requested", "lesson_proposed", "slot_held"))
    lessons = Lesson.objects.exclude(pk__in=by_hand.values("lesson_id")).filter(keeps_time_for=None)
    lessons = lessons.order_by("starts_at", "teacher__code")
    return [(lesson.teacher.code, lesson.starts_at) for lesson in lessons.select_related("teacher")]


def list_told(planned: Plan) -> list[Incident]:
    """The incidents that the plan names, without those that lessons became by themselves."""
    named = {(mishap.lesson.teacher, mishap.lesson.starts_at) for mishap in planned.mishaps}
    found = Incident.objects.select_related("teacher").order_by("pk")
    return [one for one in found if (one.teacher.code, one.lesson_starts_at) in named]


def test_everything_that_was_planned_is_there(marigold: School) -> None:
    planned = make_plan(MARIGOLD, NOW, teacher_count=TEACHERS)
    with in_school(marigold.pk):
        assert list_planned(planned) == [(one.teacher, one.starts_at) for one in planned.lessons]
        assert len(list_told(planned)) == len(planned.mishaps)
        assert IncidentDecision.objects.count() == sum(mishap.verdict is not None for mishap in planned.mishaps)
        assert Membership.objects.count() == len(planned.people.everybody)


def test_every_incident_says_what_was_planned(larkspur: School) -> None:
    planned = make_plan(LARKSPUR, NOW, teacher_count=TEACHERS)
    with in_school(larkspur.pk):
        found = [
            (one.teacher.code, one.lesson_starts_at, one.kind, one.requested_by, one.reported_at, one.taught_minutes)
            for one in list_told(planned)
        ]
        assert sorted(found, key=str) == sorted(
            (
                (
                    mishap.lesson.teacher,
                    mishap.lesson.starts_at,
                    mishap.kind.value,
                    mishap.requested_by.value,
                    mishap.reported_at,
                    mishap.taught_minutes,
                )
                for mishap in planned.mishaps
            ),
            key=str,
        )


def test_past_lessons_are_over_and_coming_ones_are_booked_or_off(marigold: School) -> None:
    with in_school(marigold.pk):
        past = set(Lesson.objects.filter(ends_at__lte=NOW).values_list("status", flat=True))
        coming = set(Lesson.objects.filter(ends_at__gt=NOW).values_list("status", flat=True))
    assert past <= {"taught", "cancelled", "moved", "missed", "cut_short"}
    assert {"booked", "held", "requested"} <= coming <= {"booked", "cancelled", "held", "requested", "released"}


def test_exactly_taught_lessons_and_those_paid_all_the_same_are_paid(marigold: School) -> None:
    with in_school(marigold.pk):
        taught = set(Lesson.objects.filter(status="taught").values_list("pk", flat=True))
        live = Assessment.objects.order_by("incident_id", "-number").distinct("incident_id")
        paid_all_the_same = {row.incident.lesson_id for row in live.select_related("incident") if row.paid}
        taken_back = Transfer.objects.filter(kind="lesson_pay_reversal").values("reverses")
        standing = Transfer.objects.filter(kind="lesson_pay").exclude(pk__in=taken_back)
        paid = list(standing.values_list("source", flat=True))
    assert len(paid) == len(set(paid))
    assert set(paid) == taught | {pk for pk in paid_all_the_same if pk in paid}
    assert paid_all_the_same <= set(paid) | taught


def test_months_before_the_last_are_closed(marigold: School) -> None:
    with in_school(marigold.pk):
        periods = {period.starts_on: period.closed_at is not None for period in PayPeriod.objects.all()}
    assert periods == {
        date(2025, 11, 1): True,
        date(2025, 12, 1): True,
        date(2026, 1, 1): True,
        date(2026, 2, 1): False,
        date(2026, 3, 1): False,
    }


def test_stored_penalties_are_what_the_ledger_holds(marigold: School) -> None:
    with in_school(marigold.pk):
        live = Assessment.objects.order_by("incident_id", "-number").distinct("incident_id")
        owed = sum(row.penalty_minor for row in live)
        posted = Transfer.objects.filter(kind="penalty").aggregate(total=Sum("amount_minor"))["total"]
        reversed_minor = Transfer.objects.filter(kind="penalty_reversal").aggregate(total=Sum("amount_minor"))["total"]
    assert owed > 0
    assert posted - (reversed_minor or 0) == owed


def test_the_cast_of_marigold_meets_its_consequences(marigold: School) -> None:
    with in_school(marigold.pk):
        paused = Consequence.objects.filter(kind="pause_account", ends_at__gt=NOW, ends=None)
        of_cast = paused.filter(teacher__person__is_demo=True).select_related("teacher")
        assert [row.teacher.display_name for row in of_cast] == ["Joel Cardona"]


def test_the_cast_of_larkspur_meets_its_consequences(larkspur: School) -> None:
    with in_school(larkspur.pk):
        held = Consequence.objects.filter(ends=None).select_related("teacher")
        kinds = {(row.teacher.display_name, row.kind) for row in held if row.ends_at is None or row.ends_at > NOW}
        assert ("Noah Fontaine", "deprioritize") in kinds
        assert ("Mere Ashcroft", "review_for_termination") in kinds
        assert not any(name in {"Tara Lindner", "Asha Gurung"} and kind == "deprioritize" for name, kind in kinds)
        assert Transfer.objects.count() == 0


def test_everybody_of_the_cast_can_sign_in_with_the_one_password() -> None:
    people = {person.email: person for person in Person.objects.filter(is_demo=True)}
    assert people.keys() == {sign_in.email for sign_in in sign_ins}
    assert len({person.password for person in people.values()}) == 2
    assert all(check_password(DEMO_PASSWORD, password) for password in {person.password for person in people.values()})


def test_somebody_holds_several_roles_and_belongs_to_both_schools(marigold: School, larkspur: School) -> None:
    robin = Person.objects.get(email="robin@both.example")
    held = {}
    for school in (marigold, larkspur):
        with in_school(school.pk):
            roles = RoleGrant.objects.filter(membership__person=robin).values_list("role", flat=True)
            held[school.slug] = sorted(roles)
    assert held == {"marigold": ["desk", "reviewer"], "larkspur": ["desk", "owner"]}


def test_days_later_lessons_lie_ahead_again_and_all_that_ended_are_taught_and_paid(marigold: School) -> None:
    later = NOW + timedelta(days=5, hours=7)

    added = top_up(demo=MARIGOLD, school=marigold, now=later)

    assert added > 10
    with in_school(marigold.pk):
        assert not Lesson.objects.filter(status="booked", ends_at__lte=later).exists()
        assert Lesson.objects.filter(starts_at__gt=later + timedelta(days=12)).exists()
        assert Lesson.objects.filter(starts_at__lte=later, ends_at__gt=later, status="booked").exists()
        unpaid = Lesson.objects.filter(status="taught").exclude(
            pk__in=Transfer.objects.filter(kind="lesson_pay").values("source")
        )
        assert not unpaid.exists()


def test_topping_up_twice_changes_nothing_the_second_time(larkspur: School) -> None:
    later = NOW + timedelta(days=2)
    first = top_up(demo=LARKSPUR, school=larkspur, now=later)

    second = top_up(demo=LARKSPUR, school=larkspur, now=later)

    assert first > 0
    assert second == 0


def test_months_later_the_gap_is_filled_and_older_months_are_closed(marigold: School) -> None:
    later = NOW + timedelta(days=75)

    top_up(demo=MARIGOLD, school=marigold, now=later)

    with in_school(marigold.pk):
        weeks = Lesson.objects.filter(starts_at__gt=NOW, starts_at__lte=later).dates("starts_at", "week")
        assert len(weeks) >= 10
        open_months = set(PayPeriod.objects.filter(closed_at=None).values_list("starts_on", flat=True))
        assert open_months <= {date(2026, 5, 1), date(2026, 6, 1)}


def find_school(slug: str) -> School:
    return School.objects.get(slug=slug)


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_taught_minutes_come_from_what_the_lesson_page_saw(slug: str) -> None:
    school = find_school(slug)
    with in_school(school.pk):
        taught = list(Lesson.objects.filter(status="taught"))
        seen = find_attendances(lessons=taught, now=NOW)
        assert {lesson.pk: lesson.taught_minutes for lesson in taught} == {
            lesson_id: attendance.taught_minutes for lesson_id, attendance in seen.items()
        }


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_lessons_of_the_last_days_became_incidents_by_themselves(slug: str) -> None:
    school = find_school(slug)
    with in_school(school.pk):
        detected = Event.objects.filter(kind="incident_detected").values("incident_id")
        found = Incident.objects.filter(pk__in=detected).select_related("lesson")
        assert sorted((one.kind, one.requested_by, one.taught_minutes, one.lesson.status) for one in found) == [
            ("cut_short", "teacher", 12, "cut_short"),
            ("late", "teacher", found.get(kind="late").lesson.taught_minutes, "taught"),
            ("no_show", "student", 0, "missed"),
            ("no_show", "student", 0, "missed"),
            ("no_show", "teacher", 0, "missed"),
        ]


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_the_desk_finds_open_cases(slug: str) -> None:
    school = find_school(slug)
    with in_school(school.pk):
        open_cases = sorted(DeskCase.objects.filter(ended_at=None).values_list("kind", flat=True))
        assert open_cases == ["both_claim", "not_agreed", "not_asked", "problem"]


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_one_message_did_not_arrive_and_all_others_did(slug: str) -> None:
    school = find_school(slug)
    with in_school(school.pk):
        assert len(list_undelivered(school_id=school.pk, now=NOW)) == 1
        assert list_overdue(school_id=school.pk, due_before=NOW) == []


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_people_have_read_all_their_messages_but_those_of_the_last_day(slug: str) -> None:
    with in_school(find_school(slug).pk):
        told = Message.objects.filter(channel=Channel.IN_APP)
        read, unread = told.exclude(read_at=None), told.filter(read_at=None)

        assert read.exists()
        assert not read.filter(read_at__gt=NOW).exists()
        assert not unread.filter(created_at__lt=NOW - timedelta(days=1)).exists()


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_everything_people_can_do_with_lessons_was_done(slug: str) -> None:
    """By the events of the verbs: at least so many of each."""
    expected = EVERY_SCHOOL | ONE_SCHOOL[slug]
    with in_school(find_school(slug).pk):
        done = Counter(Event.objects.values_list("kind", flat=True))
    assert {kind: done[kind] for kind, least in expected.items() if done[kind] < least} == {}


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_the_desk_booked_and_cancelled_for_students_who_called_and_decided_who_was_absent(slug: str) -> None:
    with in_school(find_school(slug).pk):
        (desk,) = set(Membership.objects.filter(role_grants__role="desk", person__full_name__startswith="Desi"))
        of_desk = Event.objects.filter(actor_id=desk.person_id)
        in_series = Lesson.objects.exclude(series=None)
        # What it did by a move after the mark it took back.
        others = in_series.values("pk").union(Lesson.objects.filter(status="released").values("pk"))
        booked = (
            of_desk.filter(kind="lesson_booked").exclude(lesson_id__in=list(others.values_list("pk", flat=True))).get()
        )
        assert (booked.reason, booked.door) == ("The student called: an exam next week.", "phone")
        withdrawn = IncidentWithdrawal.objects.values("incident_id")
        cancelled = of_desk.exclude(incident_id__in=withdrawn).get(kind="cancelled_by_student")
        incident = Incident.objects.select_related("lesson").get(pk=cancelled.incident_id or 0)
        assert (cancelled.on_behalf_of_id, cancelled.door) == (incident.lesson.student_id, "phone")
        assert (incident.requested_by, incident.lesson.status) == ("student", "cancelled")
        weekly = in_series.filter(pk__in=of_desk.filter(kind="lesson_booked", door="phone").values("lesson_id"))
        assert (weekly.values("series").distinct().count(), weekly.count() >= 2) == (1, True)
        ended = DeskCase.objects.exclude(ended_by=None).order_by("kind", "outcome")
        assert [(one.kind, one.outcome) for one in ended if one.kind in {"both_claim", "problem"}] == [
            ("both_claim", "teacher_absent"),
            ("problem", "settled"),
        ]


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_a_proposed_series_was_accepted_whole_and_another_declined_whole(slug: str) -> None:
    with in_school(find_school(slug).pk):
        answered = {
            kind: Counter(
                Lesson.objects.filter(pk__in=Event.objects.filter(kind=kind).values("lesson_id"))
                .exclude(series=None)
                .values_list("series_id", "status")
            )
            for kind in ("proposal_accepted", "proposal_declined")
        }
    (((_series, status), count),) = answered["proposal_accepted"].items()
    assert (status, count >= 2) == ("booked", True)
    (((_series, status), count),) = answered["proposal_declined"].items()
    assert (status, count >= 2) == ("released", True)


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_something_waits_for_everybody_who_answers(slug: str) -> None:
    school = find_school(slug)
    with in_school(school.pk):
        waiting = list_waiting(school_id=school.pk, waits_for=WaitsFor.STUDENT, now=NOW)
        proposals = group_by_series(waiting)
        approvals = list_waiting(school_id=school.pk, waits_for=WaitsFor.SCHOOL, now=NOW)
        kept = Lesson.objects.filter(status="requested", held_until__gt=NOW).exclude(keeps_time_for=None)
        assert sorted(len(together) > 1 for together in proposals) == [False, False, True]
        assert any(one.student is not None and one.student.display_name.startswith("Sam ") for one in waiting)
        assert len(approvals) == 0 if slug == "marigold" else len(approvals) >= 3
        asked = list_unanswered(school_id=school.pk, hold_ids=list(kept.values_list("pk", flat=True)))
        assert len(asked) == 2
        assert any(one.lesson.student.display_name.startswith("Sam ") for one in asked if one.lesson.student)
        assert kept.count() == len(asked)
        assert Lesson.objects.filter(status="held", held_until__gt=NOW).count() == 1


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_weekly_series_lie_ahead_and_some_go_over_the_next_change_of_the_clock(slug: str) -> None:
    with in_school(find_school(slug).pk):
        series = list(LessonSeries.objects.select_related("student__person"))
        assert len(series) >= 5
        assert any(one.student.display_name.startswith("Sam ") for one in series)
        offsets = [
            {
                lesson.starts_at.astimezone(ZoneInfo(one.zone)).utcoffset()
                for lesson in Lesson.objects.filter(series=one, status="booked")
            }
            for one in series
        ]
        assert any(len(own) == 2 for own in offsets)


def test_students_of_marigold_have_credits_and_one_is_nearly_out(marigold: School) -> None:
    with in_school(marigold.pk):
        students = set(CreditGrant.objects.values_list("student_id", flat=True))
        left = sorted(count_left_of_many(school_id=marigold.pk, student_ids=students, now=NOW).values())
        # Of credits that end within two weeks; those that expired were spoken of before.
        reminders = Message.objects.filter(kind="credits_expiring", channel=Channel.IN_APP)
        ending = reminders.filter(created_at__gt=NOW - timedelta(days=5)).count()
        used, returned = (
            Transfer.objects.filter(kind=kind).count() for kind in ("credit_used", "credit_used_reversal")
        )
    assert left[0] in {1, 2}
    assert left[-1] >= 10
    assert ending >= 2
    assert used > returned >= 4


def test_a_student_who_did_not_come_has_used_the_lesson_and_the_teacher_is_paid(marigold: School) -> None:
    with in_school(marigold.pk):
        missed = Incident.objects.filter(kind="no_show", requested_by="student", lesson__credits=1)
        lesson = missed.get(door="job").lesson
        assert Transfer.objects.filter(kind="lesson_pay", source=lesson.pk).count() == 1
        assert has_standing_use(school_id=marigold.pk, lesson_id=lesson.pk)


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_somebody_has_quiet_hours_and_somebody_wants_no_push(slug: str) -> None:
    with in_school(find_school(slug).pk):
        quiet = QuietHours.objects.select_related("membership").get()
        no_push = set(ChannelChoice.objects.filter(channel="push", is_on=False).values_list("membership__display_name"))
    assert quiet.membership.display_name.startswith("Sam ")
    assert [name.split()[0] for (name,) in no_push] == ["Tara"]


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_days_later_something_waits_again(slug: str) -> None:
    school = find_school(slug)
    demo = MARIGOLD if slug == "marigold" else LARKSPUR
    later = NOW + timedelta(days=3)

    top_up(demo=demo, school=school, now=later)

    with in_school(school.pk):
        assert len(group_by_series(list_waiting(school_id=school.pk, waits_for=WaitsFor.STUDENT, now=later))) == 3
        assert bool(list_waiting(school_id=school.pk, waits_for=WaitsFor.SCHOOL, now=later)) is (slug == "larkspur")
        taught = Lesson.objects.filter(status="taught", ends_at__gt=NOW)
        seen = PresenceFact.objects.filter(lesson__in=taught).values("lesson").distinct()
        assert taught.count() == seen.count() > 10
