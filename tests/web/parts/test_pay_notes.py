"""What is said of a month with penalties and no pay: imported history only where there is some."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.import_history import import_history
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
HISTORY = (
    "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at\n"
    "old1,tara,2026-10-05T10:00:00+08:00,50,cancelled,teacher,2026-10-05T09:30:00+08:00\n"
)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return make_cast()


def said_to_everybody(cast: Cast) -> list[str]:
    said = []
    for member, path in ((cast.tara, "statements/"), (cast.fin, "payroll/2026-10/"), (cast.owen, "owner/")):
        client = Client()
        sign_in(client, member.person)
        said.append(text_of(client.get(f"/marigold/{path}").content))
    return said


def test_a_month_of_a_single_penalty_says_nothing_of_imports(cast: Cast) -> None:
    report(cast, book(cast, starts_at=NOON + timedelta(minutes=30)), now=NOON)

    for words in said_to_everybody(cast):
        assert "No session pay is recorded for this month, only penalties, so nothing is left to pay out." in words
        assert "Imported history" not in words


def test_a_month_of_imported_penalties_says_why_there_is_no_pay(cast: Cast) -> None:
    import_history(
        school=cast.school, stream=io.BytesIO(HISTORY.encode()), create_teachers=False, imported_by_id=None,
        door=Door.COMMAND, now=NOON, show=lambda _plan: None, progress=lambda *_told: None,
    )  # fmt: skip

    for words in said_to_everybody(cast):
        assert "Imported history brings the penalties of sessions, not the pay of those that were taught." in words
