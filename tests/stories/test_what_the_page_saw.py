"""The lesson page saw who came: no look before the start, no posted claim and no outage of ours changes that."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.claim_absence import TheyAreHere, claim_absence
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.report_problem import report_problem
from makegood.actions.start_lesson import start_lesson
from makegood.actions.stay_in_lesson import stay_in_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.uptime.operations import keep_heartbeat
from tests.cast import Cast, book, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


@dataclass
class Play:
    """A lesson of 50 minutes at noon; times are minutes after its start."""

    cast: Cast
    lesson: Lesson

    def do(self, verb: Callable[..., object], who: Membership, minute: float) -> None:
        verb(school=self.cast.school, actor=who, lesson_id=self.lesson.pk, door=Door.WEB, now=at(minute))

    def stay(self, first: int, last: int, *people: Membership) -> None:
        """They join and send signs of life."""
        for who in people or (self.cast.tara, self.cast.sam):
            self.do(join_lesson, who, first)
            for minute in range(first + 1, last + 1):
                self.do(stay_in_lesson, who, minute)

    def look_in(self, who: Membership) -> None:
        """Somebody opens the page nine minutes before the start and closes it again."""
        self.do(join_lesson, who, -9)
        self.do(leave_lesson, who, -8)

    def claims(self, who: Membership, minute: float) -> None:
        claim_absence(
            school=self.cast.school, actor=who, lesson_id=self.lesson.pk, kind=LessonClaim.Kind.OTHER_ABSENT, note="",
            request_id=uuid.uuid4(), door=Door.WEB, now=at(minute),
        )  # fmt: skip

    def ends(self, *looks: float) -> list[tuple[str, str]]:
        """What is on record after the job looked then: kind and who is answerable."""
        for minute in looks or (60, 171):
            watch_lessons(now=at(minute))
        with in_school(self.cast.school.pk):
            return list(Incident.objects.values_list("kind", "requested_by"))

    def open_cases(self) -> list[str]:
        with in_school(self.cast.school.pk):
            return list(DeskCase.objects.filter(ended_at=None).values_list("kind", flat=True))

    def told(self, who: Membership) -> list[str]:
        with in_school(self.cast.school.pk):
            found = Message.objects.filter(channel="in_app", recipient=who).order_by("pk")
            return [render(one).body for one in found.select_related("recipient__person", "school")]


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def our_pages_answer(first: int = -15, last: int = 180, *, but: range = range(0)) -> None:
    for minute in range(first, last):
        if minute not in but:
            keep_heartbeat(at=at(minute))


@pytest.fixture
def play() -> Play:
    cast = make_cast()
    return Play(cast, book(cast, starts_at=NOON))


def test_a_teacher_who_looked_in_and_came_too_late_was_absent(play: Play) -> None:
    our_pages_answer()
    play.look_in(play.cast.tara)
    play.stay(0, 49, play.cast.sam)
    play.stay(20, 49, play.cast.tara)
    play.do(start_lesson, play.cast.tara, 20)

    assert play.ends() == [("no_show", "teacher")]


def test_a_teacher_who_looked_in_and_never_came_is_looked_for_during_the_lesson(play: Play) -> None:
    our_pages_answer()
    play.look_in(play.cast.tara)
    play.stay(0, 49, play.cast.sam)

    assert (play.ends(16), play.open_cases()) == ([], ["teacher_absent"])
    assert play.ends() == [("no_show", "teacher")]


def test_a_student_who_looked_in_and_never_came_blames_no_teacher_who_waited(play: Play) -> None:
    our_pages_answer()
    play.look_in(play.cast.sam)
    play.stay(0, 49, play.cast.tara)

    assert play.ends() == [("no_show", "student")]


@pytest.mark.parametrize("by", ["tara", "sam"])
def test_nobody_is_said_to_be_absent_who_is_there(play: Play, by: str) -> None:
    """Neither side pressed Start, so what was seen says nothing for certain; a claim changes nothing about that."""
    who: Membership = getattr(play.cast, by)
    our_pages_answer()
    play.stay(0, 49)

    with pytest.raises(TheyAreHere):
        play.claims(who, 20)
    play.claims(who, 55)

    assert play.ends() == []
    assert play.open_cases() != []


def test_a_claim_decides_where_both_came_and_never_met(play: Play) -> None:
    our_pages_answer()
    play.stay(0, 5, play.cast.tara)
    play.do(leave_lesson, play.cast.tara, 5.1)
    play.stay(16, 45, play.cast.sam)
    play.claims(play.cast.sam, 18)

    assert play.ends() == [("no_show", "teacher")]


def test_an_outage_in_the_middle_is_nobodys_fault_though_the_teacher_finishes(play: Play) -> None:
    our_pages_answer(but=range(13, 45))
    play.stay(0, 12)
    play.do(start_lesson, play.cast.tara, 0)
    play.stay(45, 49)
    play.do(finish_lesson, play.cast.tara, 50)

    assert play.ends() == []
    assert "by itself" not in "".join(play.told(play.cast.tara))


def test_an_outage_that_outlasts_the_lesson_is_nobodys_fault_though_the_teacher_finishes_then(play: Play) -> None:
    our_pages_answer(but=range(13, 55))
    play.stay(0, 12)
    play.do(start_lesson, play.cast.tara, 0)
    play.do(finish_lesson, play.cast.tara, 56)

    assert play.ends() == []


@pytest.mark.parametrize(("away", "recorded"), [(range(20, 45), []), (range(0), [("no_show", "teacher")])])
def test_an_outage_after_a_late_beginning_is_nobodys_fault(
    play: Play, away: range, recorded: list[tuple[str, str]]
) -> None:
    our_pages_answer(but=away)
    play.stay(0, 19, play.cast.sam)
    play.stay(6, 19, play.cast.tara)
    play.do(start_lesson, play.cast.tara, 6)
    play.stay(45, 55)
    play.do(finish_lesson, play.cast.tara, 55.9)

    assert play.ends() == recorded


def test_a_job_that_was_away_never_says_that_a_doubtful_one_comes_by_itself(play: Play) -> None:
    play.stay(0, 12)
    play.do(start_lesson, play.cast.tara, 0)

    assert play.ends(200) == []
    assert play.told(play.cast.tara) != []
    assert "by itself" not in "".join(play.told(play.cast.tara))


def test_who_came_late_and_made_it_up_leaves_no_case_behind(play: Play) -> None:
    our_pages_answer()
    play.stay(0, 15, play.cast.sam)
    assert (play.ends(15.5), play.open_cases()) == ([], ["teacher_absent"])
    play.do(start_lesson, play.cast.tara, 16)
    play.stay(16, 65)

    play.do(finish_lesson, play.cast.tara, 65.9)

    assert (play.ends(), play.open_cases()) == ([("late", "teacher")], [])


@pytest.mark.parametrize("list_of", ["requests", "absences"])
def test_the_desk_reads_a_case_of_somebody_who_was_there_for_a_moment(
    play: Play, list_of: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes back and closes the page before the first sign of life was there at an instant."""
    sam = play.cast.sam
    play.stay(0, 1, sam)
    play.do(join_lesson, sam, 10)
    if list_of == "requests":
        report_problem(
            school=play.cast.school, actor=sam, lesson_id=play.lesson.pk, note="No sound", request_id=uuid.uuid4(),
            door=Door.WEB, now=at(10),
        )  # fmt: skip
    else:
        play.claims(sam, 17)
    with in_school(play.cast.school.pk):
        case_id = DeskCase.objects.get().pk
    monkeypatch.setattr(clock, "now", lambda: at(20))
    sign_in(client, play.cast.desi.person)

    answer = client.get(f"/marigold/desk/{list_of}/{case_id}/")

    assert answer.status_code == 200
    assert "20:10" in text_of(answer.content)


def test_the_mail_about_twelve_minutes_says_until_when_proof_is_taken(play: Play) -> None:
    our_pages_answer()
    play.stay(0, 12)
    play.do(start_lesson, play.cast.tara, 0)
    play.do(finish_lesson, play.cast.tara, 12.5)

    assert play.ends() == [("cut_short", "teacher")]
    assert "Send proof by Wed 28 Oct, 23:59 to support@marigold.example" in play.told(play.cast.tara)[-1]
