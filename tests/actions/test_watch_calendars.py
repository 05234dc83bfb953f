"""Who keeps too little open is told ahead, warned, and a day later matching pauses: once, however the job runs."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections

from makegood.actions.add_holiday import add_holiday
from makegood.actions.choose_how_to_be_told import choose_how_to_be_told
from makegood.actions.set_availability import set_availability
from makegood.actions.watch_calendars import watch_calendars
from makegood.domain.availability.models import FreshnessWarning, MatchingPause
from makegood.domain.availability.openness import Step
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.people.operations import end_role, join_school
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.domain.uptime.operations import keep_heartbeat
from tests.bookings import NOW, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.pauses import DAY, HOUR, PAUSED_AT, WARNED_AT, close_calendar, close_from, pause_tara, watch

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def told(cast: Cast, kind: str) -> list[str]:
    """The texts of this kind that Tara has in the app."""
    with in_school(cast.school.pk):
        messages = Message.objects.filter(kind=kind, channel="in_app", recipient=cast.tara).order_by("pk")
        return [render(message).body for message in messages.select_related("recipient__person", "school")]


@pytest.mark.django_db
def test_matching_pauses_a_day_after_the_warning_and_is_told(cast: Cast) -> None:
    pause = pause_tara(cast)

    warning = pause.warning
    assert (warning.warned_at, warning.pauses_at, warning.broken_since_at) == (WARNED_AT, PAUSED_AT, NOW)
    assert (warning.needed_days, warning.pause_days, warning.grace_hours, warning.rules_number) == (14, 60, 24, 1)
    # Open until Sunday the 29th.
    assert (warning.days_ahead, pause.days_ahead, pause.rules_number) == (6, 5, 1)
    assert (pause.starts_at, pause.ends_at) == (PAUSED_AT, PAUSED_AT + 60 * DAY)
    (warned,), (paused,) = told(cast, "availability_too_short"), told(cast, "matching_paused")
    assert "matching pauses on Tue 24 Nov, 15:00: new students then cannot book you until Sat 23 Jan, 15:00" in warned
    assert "since we warned you on Mon 23 Nov, 15:00" in paused
    assert "desk@marigold.example" in paused
    with in_school(cast.school.pk):
        kinds = Event.objects.filter(on_behalf_of=cast.tara, door="job").order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["freshness_warned", "matching_paused"]


@pytest.mark.django_db
def test_nothing_happens_twice_nor_before_its_time(cast: Cast) -> None:
    close_calendar(cast)

    done = [
        watch(cast, now=at)
        for at in (
            WARNED_AT, WARNED_AT, WARNED_AT + HOUR, PAUSED_AT - MINUTE, PAUSED_AT, PAUSED_AT, PAUSED_AT + 59 * DAY,
        )
    ]  # fmt: skip

    assert done == [[Step.WARN], [], [], [], [Step.PAUSE], [], []]
    # It ended by its time, and still too little is open: the same again, with a warning of its own.
    end = PAUSED_AT + 60 * DAY
    assert [watch(cast, now=at) for at in (end, end + DAY - MINUTE, end + DAY)] == [[Step.WARN], [], [Step.PAUSE]]
    assert len(told(cast, "availability_too_short")) == len(told(cast, "matching_paused")) == 2


@pytest.mark.django_db
def test_a_night_between_two_edits_punishes_nobody(cast: Cast) -> None:
    close_calendar(cast)
    assert watch(cast, now=WARNED_AT) == [Step.WARN]
    open_mornings(cast, now=WARNED_AT + 8 * HOUR)

    assert watch(cast, now=PAUSED_AT) == []
    close_from(cast, date(2026, 12, 1), now=PAUSED_AT + HOUR)
    # Another break, another warning, and as long to open more.
    later = PAUSED_AT + 2 * HOUR
    assert [watch(cast, now=at) for at in (later, later + DAY - MINUTE)] == [[Step.WARN], []]


@pytest.mark.django_db
def test_an_hour_of_enough_that_nobody_looked_at_counts(cast: Cast) -> None:
    close_calendar(cast)
    assert watch(cast, now=WARNED_AT) == [Step.WARN]
    # The job was away while enough was open.
    open_mornings(cast, now=WARNED_AT + 8 * HOUR)
    close_from(cast, date(2026, 12, 1), now=WARNED_AT + 9 * HOUR)

    assert watch(cast, now=PAUSED_AT + 3 * DAY) == [Step.WARN]


@pytest.mark.django_db
def test_after_our_own_outage_the_time_counts_from_the_warning(cast: Cast) -> None:
    close_calendar(cast)
    back = NOW + 30 * DAY

    assert [watch(cast, now=at) for at in (back, back + DAY - MINUTE, back + DAY)] == [[Step.WARN], [], [Step.PAUSE]]
    with in_school(cast.school.pk):
        pause = MatchingPause.objects.select_related("warning").get()
    assert (pause.warning.broken_since_at, pause.warning.warned_at) == (NOW, back)
    # Nothing is dated back, nor where it was late to pause.
    assert pause.starts_at == back + DAY


@pytest.mark.django_db
def test_hours_in_which_our_own_pages_were_away_do_not_count(cast: Cast) -> None:
    close_calendar(cast)
    assert watch(cast, now=WARNED_AT) == [Step.WARN]
    keep_heartbeat(at=WARNED_AT + HOUR - MINUTE)
    late = PAUSED_AT + 5 * HOUR
    for count in range(231):
        keep_heartbeat(at=WARNED_AT + 6 * HOUR + count * 6 * MINUTE)

    assert [watch(cast, now=at) for at in (PAUSED_AT, late - MINUTE, late)] == [[], [], [Step.PAUSE]]


@pytest.mark.django_db
def test_nobody_is_paused_before_our_own_pages_answer_again(cast: Cast) -> None:
    close_calendar(cast)
    assert watch(cast, now=WARNED_AT) == [Step.WARN]
    keep_heartbeat(at=WARNED_AT + HOUR)

    assert watch(cast, now=PAUSED_AT) == []


@pytest.mark.django_db
def test_other_rules_need_another_warning(cast: Cast) -> None:
    close_calendar(cast)
    assert watch(cast, now=WARNED_AT) == [Step.WARN]
    set_rules(cast, freshness_pause_days=90, now=WARNED_AT + HOUR)

    assert watch(cast, now=PAUSED_AT) == [Step.WARN]
    assert watch(cast, now=PAUSED_AT + DAY) == [Step.PAUSE]


@pytest.mark.django_db
@pytest.mark.parametrize("rules", [{"freshness_pause_days": 0}, {"freshness_days": 0, "freshness_pause_days": 60}])
def test_a_school_without_the_rule_tells_nobody_anything(cast: Cast, rules: dict[str, int]) -> None:
    close_calendar(cast)
    set_rules(cast, **rules)

    assert [watch(cast, now=at) for at in (WARNED_AT, PAUSED_AT)] == [[], []]


@pytest.mark.django_db
def test_who_never_opened_anything_or_teaches_no_more_is_left_alone(cast: Cast) -> None:
    close_calendar(cast)
    with in_school(cast.school.pk):
        RoleGrant.objects.filter(membership=cast.tara).update(ended_at=WARNED_AT)

    # Tom never opened anything.
    assert watch(cast, now=WARNED_AT) == []


@pytest.mark.django_db
def test_who_comes_back_is_warned_anew(cast: Cast) -> None:
    close_calendar(cast)
    assert watch(cast, now=WARNED_AT) == [Step.WARN]
    back_at = WARNED_AT + 90 * DAY
    with in_school(cast.school.pk):
        end_role(
            school_id=cast.school.pk, membership_id=cast.tara.pk, role=Role.TEACHER, ended_by=cast.owen.person,
            now=WARNED_AT + HOUR,
        )  # fmt: skip
        join_school(
            school_id=cast.school.pk, person=cast.tara.person, roles=[Role.TEACHER], granted_by=None, now=back_at
        )

    assert watch(cast, now=back_at + MINUTE) == [Step.WARN]
    assert watch(cast, now=back_at + MINUTE + DAY - MINUTE) == []
    assert watch(cast, now=back_at + MINUTE + DAY) == [Step.PAUSE]


@pytest.mark.django_db
@pytest.mark.parametrize(("starts_hour", "waits"), [(14, True), (17, False), (7, False)])
def test_the_time_to_open_more_begins_after_quiet_hours(cast: Cast, starts_hour: int, *, waits: bool) -> None:
    """It is 15:00 where Tara lives, and her quiet hours end at 7:00, 7:30 or, leaving half an hour, 6:30."""
    close_calendar(cast)
    ends_minute = {14: 420, 17: 450, 7: 390}[starts_hour]
    choose_how_to_be_told(member=cast.tara, wanted={}, quiet=Quiet(starts_hour * 60, ends_minute), now=NOW)
    ends_at = WARNED_AT + 16 * HOUR

    assert watch(cast, now=WARNED_AT) == ([] if waits else [Step.WARN])
    if waits:
        assert watch(cast, now=ends_at) == [Step.WARN]
        assert watch(cast, now=ends_at + DAY - MINUTE) == []
        with in_school(cast.school.pk):
            assert FreshnessWarning.objects.get().pauses_at == ends_at + DAY


@pytest.mark.django_db
def test_they_are_told_once_in_the_last_week_before_it(cast: Cast) -> None:
    set_rules(cast, freshness_pause_days=60)
    open_mornings(cast)
    # Open until Sunday the 20th, so too little from Monday the 7th on. In Manila a day begins at 16:00 UTC.
    close_from(cast, date(2026, 12, 21), now=NOW)
    week_before = datetime(2026, 11, 29, 16, tzinfo=UTC)

    done = [watch(cast, now=at) for at in (week_before - MINUTE, week_before, week_before + DAY)]

    assert done == [[], [Step.TELL_AHEAD], []]
    (text,) = told(cast, "availability_runs_out")
    assert "filled until Sun 20 Dec" in text
    assert "matching pauses from Tue 8 Dec to Sat 6 Feb" in text
    open_mornings(cast, now=week_before + 12 * HOUR)
    close_from(cast, date(2026, 12, 28), now=week_before + 12 * HOUR)
    assert watch(cast, now=week_before + 2 * DAY) == []
    assert watch(cast, now=week_before + 7 * DAY) == [Step.TELL_AHEAD]


@pytest.mark.django_db
@pytest.mark.parametrize("is_holiday", [True, False])
def test_days_on_which_the_school_is_closed_do_not_count_against_a_teacher(cast: Cast, *, is_holiday: bool) -> None:
    set_rules(cast, freshness_pause_days=60)
    open_mornings(cast, weekdays=1)
    monday, once = date(2026, 11, 30), {"request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW}
    if is_holiday:
        add_holiday(school=cast.school, actor=cast.owen, day_on=monday, name="Founders' day", **once)
    set_availability(
        school=cast.school, actor=cast.tara, teacher_id=cast.tara.pk, days={monday: []}, reason="",
        **(once | {"request_id": uuid.uuid4()}),
    )  # fmt: skip

    assert watch(cast, now=WARNED_AT) == ([] if is_holiday else [Step.WARN])


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_instant_warn_and_pause_once(cast: Cast) -> None:
    close_calendar(cast)

    def together(now: datetime) -> int:
        start = threading.Barrier(4)
        counts: list[int] = []

        def work() -> None:
            start.wait()
            counts.append(len(watch_calendars(school=cast.school, now=now)))
            connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return sum(counts)

    assert [together(at) for at in (WARNED_AT, PAUSED_AT)] == [1, 1]
    with in_school(cast.school.pk):
        assert (FreshnessWarning.objects.count(), MatchingPause.objects.count()) == (1, 1)
