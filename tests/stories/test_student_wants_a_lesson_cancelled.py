"""A student wants a lesson cancelled: through the teacher before the mark, or on their own at a price seen first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client

from makegood import clock
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_student import PastTheMark, cancel_for_student
from makegood.actions.cancelling import FreeTimePassed
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import AlreadyReported, CaseNotFound
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.credits import NewGrant
from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen, TimeTakenSince, TooLateToUndo
from makegood.domain.notifications.models import Message
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.quantities import Money
from makegood.rules.facts import RequestedBy
from tests.cast import Cast, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def by_teacher(cast: Cast, lesson: Lesson, *, now: datetime, request_id: uuid.UUID | None = None) -> str:
    cancelled = cancel_for_student(
        school=cast.school,
        actor=cast.tara,
        lesson_id=lesson.pk,
        asked="email",
        note="",
        request_id=request_id or uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )
    return cancelled.reference


def by_student(cast: Cast, lesson: Lesson, *, now: datetime, shown_as_free: bool) -> bool:
    return cancel_by_student(
        school=cast.school,
        actor=cast.sam,
        lesson_id=lesson.pk,
        shown_as_free=shown_as_free,
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    ).is_paid


def status_of(cast: Cast, lesson: Lesson) -> str:
    with in_school(cast.school.pk):
        return Lesson.objects.get(school=cast.school, pk=lesson.pk).status


def kinds_told(cast: Cast) -> list[tuple[str, str]]:
    with in_school(cast.school.pk):
        told = Message.objects.filter(school=cast.school, channel="in_app").order_by("pk")
        return [(message.recipient.code, message.kind) for message in told.select_related("recipient")]


def with_credits(cast: Cast, lesson: Lesson, *, bought: int) -> None:
    """Give Sam `bought` credits and let the lesson use one of those there are."""
    with in_school(cast.school.pk):
        month_on = month_of(at=lesson.starts_at, zone=cast.school.zone)
        new = NewGrant(
            student_id=cast.sam.pk,
            credits=bought,
            expires_on=None,
            reason="",
            granted_by_id=None,
            door=Door.WEB,
            request_id=uuid.uuid4(),
        )
        if bought:
            lesson_credits.grant(school_id=cast.school.pk, new=new, month_on=month_on, now=NOON)
        Lesson.objects.filter(school=cast.school, pk=lesson.pk).update(credits=1, version=lesson.version + 1)
        lesson_credits.use(
            school_id=cast.school.pk,
            student_id=cast.sam.pk,
            credits_of_lessons={lesson.pk: 1},
            month_on=month_on,
            now=NOON,
        )


def credits_left(cast: Cast) -> int:
    with in_school(cast.school.pk):
        return lesson_credits.count_left(school_id=cast.school.pk, student_id=cast.sam.pk, now=NOON)


def sign_in_as(cast: Cast, code: str) -> Client:
    client = Client()
    sign_in(client, getattr(cast, code).person)
    return client


# --- the teacher, for the student


@pytest.mark.parametrize(
    "starts_at", [NOON, datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)]
)
def test_exactly_on_the_mark_is_in_time_also_when_clocks_change(starts_at: datetime) -> None:
    cast = make_cast(zone="Europe/Berlin")
    early, exact, late = (book(cast, starts_at=starts_at + timedelta(hours=n)) for n in (0, 1, 2))
    marks = [lesson.starts_at.astimezone(UTC) - DAY for lesson in (early, exact, late)]

    by_teacher(cast, early, now=marks[0] - SECOND)
    by_teacher(cast, exact, now=marks[1])
    with pytest.raises(PastTheMark):
        by_teacher(cast, late, now=marks[2] + SECOND)

    assert [status_of(cast, lesson) for lesson in (early, exact, late)] == ["cancelled", "cancelled", "booked"]


def test_it_counts_for_nothing_and_the_lesson_comes_back(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    with_credits(cast, lesson, bought=1)

    by_teacher(cast, lesson, now=NOON)

    with in_school(cast.school.pk):
        incident = Incident.objects.get(school=cast.school, lesson=lesson)
    later = report(cast, book(cast, starts_at=NOON + 3 * DAY), now=NOON)
    assert (incident.requested_by, incident.reason) == (RequestedBy.STUDENT, "student_asked")
    assert credits_left(cast) == 1
    assert later.penalty == Money(30, "USD")
    assert kinds_told(cast)[:2] == [
        ("sam", "lesson_cancelled_for_student"),
        ("tara", "lesson_cancelled_for_student_receipt"),
    ]


def test_the_freed_time_can_be_booked_and_go_wrong_again(cast: Cast) -> None:
    by_teacher(cast, book(cast, starts_at=NOON + 2 * DAY), now=NOON)

    again = report(cast, book(cast, starts_at=NOON + 2 * DAY), now=NOON)

    assert again.penalty == Money(30, "USD")


def test_a_second_tap_gets_the_first_answer_and_other_content_is_refused(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    request_id = uuid.uuid4()

    first = by_teacher(cast, lesson, now=NOON, request_id=request_id)
    second = by_teacher(cast, lesson, now=NOON + DAY + 5 * SECOND, request_id=request_id)

    assert first == second
    with pytest.raises(DifferentRequest):
        cancel_for_student(
            school=cast.school,
            actor=cast.tara,
            lesson_id=lesson.pk,
            asked="chat",
            note="",
            request_id=request_id,
            door=Door.WEB,
            now=NOON,
        )
    with pytest.raises(LessonNotOpen):
        by_teacher(cast, lesson, now=NOON)


def test_nobody_cancels_a_lesson_of_somebody_else(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY, teacher=cast.tom)

    with pytest.raises(LessonNotFound):
        by_teacher(cast, lesson, now=NOON)


def test_an_undo_puts_everything_back_for_five_minutes(cast: Cast) -> None:
    lesson, other = book(cast, starts_at=NOON + 2 * DAY), book(cast, starts_at=NOON + 3 * DAY)
    with_credits(cast, lesson, bought=1)
    by_teacher(cast, lesson, now=NOON)
    by_teacher(cast, other, now=NOON)

    undone = undo_cancellation(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=NOON + timedelta(minutes=5)
    )
    again = undo_cancellation(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=NOON + timedelta(minutes=9)
    )
    with pytest.raises(TooLateToUndo):
        undo_cancellation(
            school=cast.school,
            actor=cast.tara,
            lesson_id=other.pk,
            door=Door.WEB,
            now=NOON + timedelta(minutes=5) + SECOND,
        )

    assert (status_of(cast, lesson), status_of(cast, other)) == ("booked", "cancelled")
    assert (undone.is_replay, again.is_replay) == (False, True)
    assert credits_left(cast) == 0


def test_an_undo_is_refused_when_the_time_was_taken(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    by_teacher(cast, lesson, now=NOON)
    book(cast, starts_at=NOON + 2 * DAY)

    with pytest.raises(TimeTakenSince):
        undo_cancellation(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=NOON)


def test_a_teacher_does_not_take_back_what_the_student_did(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    by_student(cast, lesson, now=NOON, shown_as_free=True)
    with in_school(cast.school.pk):
        reference = Incident.objects.get(school=cast.school, lesson=lesson).reference

    with pytest.raises(CaseNotFound):
        withdraw_incident(school=cast.school, actor=cast.tara, reference=reference, door=Door.WEB, now=NOON)
    with pytest.raises(LessonNotFound):
        undo_cancellation(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=NOON)


def test_the_page_replaces_the_button_after_the_mark_and_posts_obey(
    cast: Cast, stand_at: Callable[[datetime], None]
) -> None:
    lesson = book(cast, starts_at=NOON + DAY)
    tara = sign_in_as(cast, "tara")
    url = f"/marigold/sessions/{lesson.pk}/cancel/"
    stand_at(NOON)
    before = text_of(tara.get(url).content)
    stand_at(NOON + SECOND)
    after = text_of(tara.get(url).content)
    refused = tara.post(url, {"asked": "email", "request_id": str(uuid.uuid4())})

    assert "No penalty." in before
    assert "cancel session with Sam Studies" in before
    assert "The mark for this session was Tue 20 Oct" not in before
    assert "cancel session" not in after
    assert "Report an emergency" in after
    assert refused.status_code == 409
    assert "Report an emergency" in text_of(refused.content)
    assert status_of(cast, lesson) == "booked"


def test_the_teacher_cancels_and_undoes_through_the_pages(cast: Cast, stand_at: Callable[[datetime], None]) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    tara = sign_in_as(cast, "tara")
    stand_at(NOON)
    url = f"/marigold/sessions/{lesson.pk}/cancel/"
    students = text_of(tara.get("/marigold/students/").content)
    upcoming = tara.get(f"/marigold/students/{cast.sam.pk}/lessons/").content.decode()

    unsaid = tara.post(url, {"request_id": str(uuid.uuid4())})
    done = tara.post(url, {"asked": "chat", "note": "", "request_id": str(uuid.uuid4())}, follow=True)
    back = tara.get(url)
    undone = tara.post(f"{url}undo/", follow=True)

    assert "Sam Studies 1 upcoming lesson, next on" in students
    assert url in upcoming
    assert (unsaid.status_code, "Choose how the student told you." in text_of(unsaid.content)) == (422, True)
    assert "Session cancelled Sam Studies has been told and can book another time." in text_of(done.content)
    assert "Until 20:05 you can undo it." in text_of(back.content)
    assert "The session takes place as booked." in undone.content.decode()
    assert status_of(cast, lesson) == "booked"


# --- "I did not ask for this"


def test_the_student_objects_once_without_signing_in(cast: Cast, stand_at: Callable[[datetime], None]) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    by_teacher(cast, lesson, now=NOON)
    with in_school(cast.school.pk):
        told = Message.objects.get(school=cast.school, kind="lesson_cancelled_for_student", channel="in_app")
        link = str(told.values["link"])
    stand_at(NOON + timedelta(minutes=2))
    anybody = Client()

    page = anybody.get(link)
    sam = sign_in_as(cast, "sam")
    open_to_doubt = text_of(sam.get("/marigold/lessons/").content)
    with in_school(cast.school.pk):
        before = LessonClaim.objects.filter(school=cast.school).count()
    answers = [
        anybody.post(link, {"note": "Not me", "request_id": str(uuid.uuid4())}, follow=True) for _tap in range(2)
    ]

    assert "You did not ask to cancel this lesson?" in text_of(page.content)
    assert "Cancelled in time, free I did not ask for this" in open_to_doubt
    said = "Cancelled in time, free You said that you did not ask for this. The scheduling desk was told."
    assert said in text_of(sam.get("/marigold/lessons/").content)
    assert before == 0
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "Thank you. The scheduling desk was told." in text_of(answers[1].content)
    with in_school(cast.school.pk):
        assert LessonClaim.objects.filter(school=cast.school).count() == 1
        case = DeskCase.objects.get(school=cast.school)
    assert (case.kind, case.note) == ("not_asked", "Not me")
    assert ("desi", "not_asked") in kinds_told(cast)
    with pytest.raises(TooLateToUndo):
        undo_cancellation(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=NOON)


def test_a_link_that_was_changed_is_no_page() -> None:
    assert Client().get("/s/WzEsMV0:1abc:xyz/").status_code == 404


# --- the student, alone


@pytest.mark.parametrize(("after_mark", "is_used"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_a_student_cancels_free_until_the_mark_and_pays_after_it(
    cast: Cast, after_mark: timedelta, is_used: bool
) -> None:
    lesson = book(cast, starts_at=NOON + DAY)
    with_credits(cast, lesson, bought=1)

    was_used = by_student(cast, lesson, now=NOON + after_mark, shown_as_free=not is_used)

    assert was_used == is_used
    assert credits_left(cast) == (0 if is_used else 1)
    assert status_of(cast, lesson) == "cancelled"
    told = "lesson_cancelled_by_student_used" if is_used else "lesson_cancelled_by_student_free"
    assert kinds_told(cast) == [("sam", told), ("tara", "lesson_cancelled_by_student_teacher")]


def test_nobody_pays_what_the_page_did_not_show(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + DAY)

    with pytest.raises(FreeTimePassed):
        by_student(cast, lesson, now=NOON + SECOND, shown_as_free=True)

    assert status_of(cast, lesson) == "booked"


def test_a_cancelled_lesson_is_no_emergency(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON + DAY)
    by_student(cast, lesson, now=NOON, shown_as_free=True)

    with pytest.raises(AlreadyReported):
        report(cast, lesson, now=NOON)


def test_the_student_sees_the_price_in_their_own_time_and_cancels(
    cast: Cast, stand_at: Callable[[datetime], None]
) -> None:
    lesson = book(cast, starts_at=NOON + 2 * DAY)
    sam = sign_in_as(cast, "sam")
    stand_at(NOON)
    url = f"/marigold/lessons/{lesson.pk}/cancel/"
    free_until = (NOON + DAY).astimezone(ZoneInfo("America/New_York"))
    own = text_of(sam.get("/marigold/lessons/").content)
    page = sam.get(url)
    form = dict(re.findall(r'name="(request_id|shown_as)" value="([^"]*)"', page.content.decode()))
    stand_at(NOON + DAY + SECOND)
    changed = sam.post(url, {**form, "note": ""})
    form["shown_as"] = "used"
    done = sam.post(url, {**form, "note": ""}, follow=True)

    said = f"Free until {free_until:%a %-d %b, %H:%M} . After that the lesson is used."
    assert said in own
    assert said in text_of(page.content)
    assert changed.status_code == 409
    assert "The free time ended while you were here" in text_of(changed.content)
    assert "The lesson is used, and Tara Teaches is paid" in text_of(done.content)
    assert "Used: cancelled late" in text_of(sam.get("/marigold/lessons/").content)
    tara = sign_in_as(cast, "tara")
    assert "Cancelled late by the student" in text_of(tara.get("/marigold/penalties/").content)
    statement = text_of(tara.get("/marigold/statements/2026-10/").content)
    assert "Sam Studies It did not take place and is paid all the same US$12.00" in statement
    assert mail.outbox == []
