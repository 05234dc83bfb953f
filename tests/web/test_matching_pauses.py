"""A pause of matching on the pages: what the teacher reads before and in it, and how the desk ends it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood.actions.choose_how_to_be_told import choose_how_to_be_told
from makegood.domain.availability.models import FreshnessWarning, MatchingPause, MatchingPauseLift
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.uptime.operations import keep_heartbeat
from tests.bookings import NOW, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.pauses import PAUSED_AT, WARNED_AT, close_calendar, close_from, pause_tara, watch
from tests.web.conftest import Stand
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAGES_OF_OPENNESS = ("availability/", "dashboard/")
LATER = PAUSED_AT + timedelta(minutes=5)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def read(client: Client, member: Membership, path: str, *, stand: Stand, at: datetime) -> str:
    stand(at)
    sign_in(client, member.person)
    return text_of(client.get(f"/marigold/{path}").content)


def test_the_teacher_reads_what_comes_before_it_comes(client: Client, cast: Cast, stand_at: Stand) -> None:
    set_rules(cast, freshness_pause_days=60)
    open_mornings(cast)
    close_from(cast, (NOW + timedelta(days=25)).date(), now=NOW)
    calendar = read(client, cast.tara, "availability/", stand=stand_at, at=NOW)
    dashboard = read(client, cast.tara, "dashboard/", stand=stand_at, at=NOW)

    assert "Open some time after Sun 20 Dec before Mon 7 Dec , or matching pauses from Tue 8 Dec, 00:00" in calendar
    assert "matching" not in dashboard
    said = read(client, cast.tara, "dashboard/", stand=stand_at, at=NOW + timedelta(days=8))
    assert "Your calendar is open too short from Mon 7 Dec ." in said
    assert "or matching pauses from Tue 8 Dec, 00:00 to Sat 6 Feb, 00:00 : new students then cannot book you" in said


def test_the_teacher_reads_a_warning_and_then_the_pause(client: Client, cast: Cast, stand_at: Stand) -> None:
    close_calendar(cast)
    watch(cast, now=WARNED_AT)
    calendar = read(client, cast.tara, "availability/", stand=stand_at, at=WARNED_AT)
    dashboard = read(client, cast.tara, "dashboard/", stand=stand_at, at=WARNED_AT)

    assert "Too little has been open since Mon 23 Nov : each week of the next 14 days needs some open time." in calendar
    assert "If it stays so, matching pauses from Tue 24 Nov, 15:00 to Sat 23 Jan, 15:00" in calendar
    assert "left to open more" in dashboard
    watch(cast, now=PAUSED_AT)
    calendar = read(client, cast.tara, "availability/", stand=stand_at, at=LATER)
    dashboard = read(client, cast.tara, "dashboard/", stand=stand_at, at=LATER)
    assert "Matching has paused since Tue 24 Nov, 15:00 , until Sat 23 Jan, 15:00 : new students" in calendar
    assert "Too little had been open since Mon 23 Nov, 14:00 , and we warned you on Mon 23 Nov, 15:00" in calendar
    assert "It still is too little" in calendar
    assert "Write to the scheduling desk" in calendar
    assert "Matching pauses until Sat 23 Jan, 15:00 : new students cannot book you." in dashboard


def test_the_time_named_counts_from_the_end_of_quiet_hours(client: Client, cast: Cast, stand_at: Stand) -> None:
    """It is 14:00 where Tara lives, in her quiet hours: she is warned at 7:00 of the next day."""
    set_rules(cast, freshness_pause_days=60)
    open_mornings(cast)
    choose_how_to_be_told(member=cast.tara, wanted={}, quiet=Quiet(13 * 60, 7 * 60), now=NOW)
    close_from(cast, (NOW + timedelta(days=25)).date(), now=NOW)
    comes = read(client, cast.tara, "availability/", stand=stand_at, at=NOW)
    watch(cast, now=NOW + timedelta(days=8))
    close_from(cast, (NOW + timedelta(days=8)).date(), now=NOW + timedelta(days=8))
    said = [read(client, cast.tara, page, stand=stand_at, at=NOW + timedelta(days=8)) for page in PAGES_OF_OPENNESS]

    assert "before Mon 7 Dec , or matching pauses from Tue 8 Dec, 07:00 to Sat 6 Feb, 07:00" in comes
    assert all("matching pauses from Thu 3 Dec, 07:00 to Mon 1 Feb, 07:00" in page for page in said)


def test_the_time_named_has_the_time_in_which_our_pages_were_away(client: Client, cast: Cast, stand_at: Stand) -> None:
    close_calendar(cast)
    watch(cast, now=WARNED_AT)
    keep_heartbeat(at=WARNED_AT + timedelta(minutes=59))
    back = WARNED_AT + timedelta(hours=3)
    keep_heartbeat(at=back)

    said = [read(client, cast.tara, page, stand=stand_at, at=back) for page in PAGES_OF_OPENNESS]

    assert all("matching pauses from Tue 24 Nov, 17:00 to Sat 23 Jan, 17:00" in page for page in said)


def test_a_school_without_the_rule_only_says_how_much_is_open(client: Client, cast: Cast, stand_at: Stand) -> None:
    close_calendar(cast, pause_days=0)

    said = [read(client, cast.tara, path, stand=stand_at, at=NOW) for path in ("availability/", "dashboard/")]

    assert all("Too little" in page and "matching" not in page for page in said)


def test_the_desk_sees_who_is_paused_and_ends_it(client: Client, cast: Cast, stand_at: Stand) -> None:
    pause = pause_tara(cast)
    teachers = read(client, cast.desi, "desk/teachers/", stand=stand_at, at=LATER)
    url = f"/marigold/desk/teachers/pauses/{pause.pk}/"
    page = text_of(client.get(url).content)
    calendar = client.get(f"/marigold/desk/teachers/{cast.tara.pk}/availability/").content.decode()

    assert "Matching pauses Their calendars were open for too little" in teachers
    assert "open 6 days ahead, and 14 are asked for" in page
    assert url in calendar
    once = str(uuid.uuid4())
    assert client.post(url, {"request_id": once, "reason": " "}).status_code == 422
    told = [client.post(url, {"request_id": once, "reason": "Was in <b>hospital</b>"}, follow=True) for _ in range(2)]
    assert all("The pause is over, and the teacher was told." in text_of(answer.content) for answer in told)
    assert "Their calendars were open" not in text_of(told[0].content)
    after = client.get(url).content.decode()
    assert "Was in &lt;b&gt;hospital&lt;/b&gt;" in after
    assert "Desi Desk" in after
    again = client.post(url, {"request_id": str(uuid.uuid4()), "reason": "Once more"})
    assert (again.status_code, "over already" in again.content.decode()) == (409, True)
    with in_school(cast.school.pk):
        assert MatchingPauseLift.objects.count() == 1
    assert "Matching" not in read(client, cast.tara, "availability/", stand=stand_at, at=LATER)


def test_a_pause_that_ended_by_its_time_says_so(client: Client, cast: Cast, stand_at: Stand) -> None:
    pause = pause_tara(cast)

    said = read(client, cast.desi, f"desk/teachers/pauses/{pause.pk}/", stand=stand_at, at=pause.ends_at)

    assert "It ended by its time." in said


def test_the_list_takes_no_statement_per_pause(client: Client, cast: Cast, stand_at: Stand) -> None:
    pause = pause_tara(cast)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            said = text_of(client.get("/marigold/desk/teachers/").content)
        assert "Look at this pause" in said
        return len(found)

    read(client, cast.desi, "desk/teachers/", stand=stand_at, at=LATER)
    before = count()
    with in_school(cast.school.pk):
        warning = FreshnessWarning.objects.create(
            school=cast.school, teacher=cast.tom, number=1, warned_at=WARNED_AT, broken_since_at=NOW, days_ahead=0,
            needed_days=14, pause_days=60, grace_hours=24, rules_number=1, pauses_at=PAUSED_AT,
        )  # fmt: skip
        MatchingPause.objects.create(
            school=cast.school, teacher=cast.tom, warning=warning, starts_at=pause.starts_at, ends_at=pause.ends_at,
            days_ahead=0, rules_number=1,
        )  # fmt: skip

    assert count() == before
