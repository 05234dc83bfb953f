"""When our own website did not answer stands where people decide, and on the case, for its teacher too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.people.models import Membership
from makegood.domain.uptime.operations import keep_heartbeat
from tests.cast import Cast, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def page(member: Membership, path: str) -> str:
    client = Client()
    sign_in(client, member.person)
    answer = client.get(path)
    assert answer.status_code == 200
    return text_of(answer.content)


def go_down(*, since: int, until: int) -> None:
    """Our website answers last in the minute before `since`, and again in the minute `until` after noon."""
    keep_heartbeat(at=NOON + (since - 1) * MINUTE)
    keep_heartbeat(at=NOON + until * MINUTE)


@pytest.mark.parametrize(("since", "until", "is_said"), [(3, 14, True), (-90, -11, False), (51, 90, False)])
def test_the_desk_reads_of_it_before_it_decides(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, since: int, until: int, is_said: bool
) -> None:
    book(cast, starts_at=NOON)
    go_down(since=since, until=until)
    watch_lessons(now=NOON + 60 * MINUTE)
    monkeypatch.setattr(clock, "now", lambda: NOON + 95 * MINUTE)
    desk = Client()
    sign_in(desk, cast.desi.person)
    listed = BeautifulSoup(desk.get("/marigold/desk/absences/").content, "html.parser")
    (link,) = listed.select("main a[href*='/absences/']")

    case = page(cast.desi, str(link["href"]))

    assert ("Our website was not seen to answer" in case) == is_said
    assert ("20:03" in case and "20:14" in case) == is_said


@pytest.mark.parametrize(("since", "until", "is_said"), [(-70, -50, True), (-90, -60, False), (50, 90, False)])
def test_a_case_names_it_for_its_teacher_and_for_whoever_decides(
    cast: Cast, since: int, until: int, is_said: bool
) -> None:
    case = report(cast, book(cast, starts_at=NOON), now=NOON - 20 * MINUTE).reference
    go_down(since=since, until=until)

    for member, path in ((cast.tara, "cases"), (cast.rhea, "disputes")):
        read = page(member, f"/marigold/{path}/{case}/")
        assert ("Was not seen to answer from" in read) == is_said
