"""The page of a teacher's own case offers what its verb does, and nothing else."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.domain.timeline.doors import Door
from tests.cast import book, make_cast, report
from tests.web.signed_in import sign_in

NOON = datetime(2026, 10, 21, 12, tzinfo=UTC)
EARLIER = NOON - timedelta(days=2)


@pytest.mark.django_db
def test_a_cancellation_for_the_student_is_undone_on_its_own_page_only(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    monkeypatch.setattr(clock, "now", lambda: EARLIER + timedelta(minutes=1))
    cancelled = cancel_for_student(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, asked="email", note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=EARLIER,
    )  # fmt: skip
    sign_in(client, cast.tara.person)
    undo = f"/marigold/cases/{cancelled.reference}/undo/"

    page = client.get(f"/marigold/cases/{cancelled.reference}/").content.decode()
    own_page = client.get(f"/marigold/sessions/{lesson.pk}/cancel/").content.decode()

    assert undo not in page
    assert client.post(undo).status_code == 404
    assert f"/marigold/sessions/{lesson.pk}/cancel/undo/" in own_page


@pytest.mark.django_db
def test_an_own_report_is_undone_from_its_case(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    reported = report(cast, book(cast, starts_at=NOON), now=EARLIER)
    monkeypatch.setattr(clock, "now", lambda: EARLIER + timedelta(minutes=1))
    sign_in(client, cast.tara.person)

    page = client.get(f"/marigold/cases/{reported.reference}/").content.decode()

    assert f"/marigold/cases/{reported.reference}/undo/" in page


@pytest.mark.django_db
def test_an_open_case_says_where_proof_goes_and_what_counts_for_nothing_is_not_open(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    reported = report(cast, book(cast, starts_at=NOON), now=EARLIER)
    cancelled = cancel_for_student(
        school=cast.school, actor=cast.tara, lesson_id=book(cast, starts_at=NOON + timedelta(hours=2)).pk,
        asked="email", note="", request_id=uuid.uuid4(), door=Door.WEB, now=EARLIER,
    )  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: EARLIER + timedelta(minutes=1))
    sign_in(client, cast.tara.person)

    own = client.get(f"/marigold/cases/{reported.reference}/").content.decode()
    students = client.get(f"/marigold/cases/{cancelled.reference}/").content.decode()
    still_open = client.get("/marigold/penalties/?state=open").content.decode()

    proof = f'href="mailto:support@marigold.example?subject={reported.reference}"'
    assert (proof in own, "Send proof by" in students, "Counts for nothing" in students) == (True, False, True)
    assert (reported.reference in still_open, cancelled.reference in still_open) == (True, False)
