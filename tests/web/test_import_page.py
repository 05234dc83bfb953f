"""The owner brings a history file in: dry run, confirm, result."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client

from makegood import clock
from makegood.actions import history_uploads
from makegood.domain.incidents.models import Incident
from makegood.domain.schools.context import in_school
from tests.believable import Believable
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

HEAD = "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at\n"
GOOD = HEAD + "i1,tara,2026-10-05T10:00:00+08:00,50,cancelled,teacher,2026-10-05T09:30:00+08:00\n"
UNKNOWN = HEAD + "i1,nobody_yet,2026-10-05T10:00:00+08:00,50,cancelled,teacher,2026-10-05T09:30:00+08:00\n"
BAD = HEAD + "i1,tara,yesterday,50,cancelled,teacher,\ni2,tara,2026-10-05T10:00:00+08:00,0,cancelled,teacher,\n"


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner(client: Client, world: Believable) -> Client:
    sign_in(client, world.cast.owen.person)
    return client


def upload(client: Client, text: str) -> HttpResponse:
    file = SimpleUploadedFile("history.csv", text.encode(), content_type="text/csv")
    return client.post("/marigold/owner/import/", {"file": file})


def count_incidents(world: Believable) -> int:
    with in_school(world.school.pk):
        return Incident.objects.count()


def test_dry_run_writes_nothing_and_confirming_imports_once(owner: Client, world: Believable) -> None:
    before = count_incidents(world)
    address = upload(owner, GOOD).headers["Location"]
    dry_run = text_of(owner.get(address).content)
    after_dry_run = count_incidents(world)

    owner.post(address)
    owner.post(address)

    assert "What this file would do" in dry_run
    assert "Tara Teaches 1 US$1.00" in dry_run
    assert (after_dry_run, count_incidents(world)) == (before, before + 1)
    assert "The file is imported" in text_of(owner.get(address).content)
    again = text_of(owner.get(upload(owner, GOOD).headers["Location"]).content)
    assert "Everything in this file is known already" in again


def test_every_problem_is_listed_with_line_and_column(owner: Client, world: Believable) -> None:
    before = count_incidents(world)
    address = upload(owner, BAD).headers["Location"]

    page = text_of(owner.get(address).content)
    owner.post(address)

    assert "Line 2 lesson_starts_at" in page
    assert "Line 3 lesson_minutes" in page
    assert "Import the file" not in page
    assert count_incidents(world) == before


def test_unknown_teachers_are_created_only_on_request(owner: Client, world: Believable) -> None:
    before = count_incidents(world)
    address = upload(owner, UNKNOWN).headers["Location"]

    owner.post(address)
    refused = text_of(owner.get(address).content)
    owner.post(address, {"create_teachers": "1"})

    assert "Nothing was imported: the file names teachers the school does not know." in refused
    assert "1 teacher created." in text_of(owner.get(address).content)
    assert count_incidents(world) == before + 1


@pytest.mark.parametrize(
    ("text", "words"), [("", "This file is empty."), ("\0\0\0", "problem"), (HEAD, "Everything in this file is known")]
)
def test_files_that_are_none_get_a_clear_sentence(owner: Client, text: str, words: str) -> None:
    answer = upload(owner, text)

    page = answer if answer.status_code == 422 else owner.get(answer.headers["Location"])
    assert words in text_of(page.content)


def test_no_file_is_named_at_its_field(owner: Client) -> None:
    answer = owner.post("/marigold/owner/import/")

    assert answer.status_code == 422
    assert "Choose a file." in text_of(answer.content)


def test_a_large_file_is_worked_on_by_a_job_and_shows_its_progress(
    owner: Client, world: Believable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_uploads, "AT_ONCE_BYTES", 10)
    address = upload(owner, GOOD).headers["Location"]
    upload_id = address.rstrip("/").split("/")[-1]

    waiting = owner.get(address)
    history_uploads.run_check(school=world.school, upload_id=upload_id, now=world.next_lesson.starts_at)
    owner.post(address)
    importing = owner.get(address)

    assert (waiting.headers["Refresh"], importing.headers["Refresh"]) == ("3", "3")
    assert "The file is being checked" in text_of(waiting.content)
    assert "The file is being imported" in text_of(importing.content)


def test_an_upload_of_another_school_does_not_exist(owner: Client, world_without_money: Believable) -> None:
    address = upload(owner, GOOD).headers["Location"]
    sign_in(owner, world_without_money.cast.owen.person)

    answer = owner.get(address.replace("/marigold/", "/larkspur/"))

    assert answer.status_code == 404


def test_who_confirms_while_another_import_runs_is_refused_and_can_try_again(
    owner: Client, world: Believable, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = upload(owner, GOOD).headers["Location"]

    def is_locked(*, school_id: int) -> None:
        raise OperationalError from psycopg.errors.LockNotAvailable()

    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(history_uploads, "lock_imports", is_locked)
        refused = owner.post(address)
    owner.post(address)

    assert refused.status_code == 409
    assert "The file is imported" in text_of(owner.get(address).content)
    assert "1 new incident." in text_of(owner.get(address).content)


def test_two_confirmations_of_one_large_file_queue_one_import(
    owner: Client, world: Believable, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = upload(owner, GOOD).headers["Location"]
    monkeypatch.setattr(history_uploads, "AT_ONCE_BYTES", 10)

    for _ in range(2):
        history_uploads.import_upload(
            school=world.school,
            upload_id=address.rstrip("/").split("/")[-1],
            create_teachers=False,
            imported_by_id=world.cast.owen.person.pk,
            now=world.next_lesson.starts_at,
        )

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [history_uploads.IMPORT_TASK])
        assert cursor.fetchone() == (1,)


def kept_files(settings: Any) -> list[str]:
    return sorted(path.suffix for path in Path(settings.MEDIA_ROOT).rglob("*.*"))


def test_file_goes_once_it_is_imported_and_what_was_imported_stays(
    owner: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    address = upload(owner, GOOD).headers["Location"]
    before = kept_files(settings)
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(address)

    assert (before, kept_files(settings)) == ([".csv", ".json"], [".json"])
    assert "1 new incident." in text_of(owner.get(address).content)


def test_file_nobody_imports_goes_after_30_days_and_its_page_says_so(owner: Client, settings: Any) -> None:
    address = upload(owner, GOOD).headers["Location"]
    now = clock.now()
    for file in Path(settings.MEDIA_ROOT).rglob("*.csv"):
        os.utime(file, (now.timestamp(), now.timestamp()))

    deleted = [
        history_uploads.delete_old_files(now=now + timedelta(days=29)),
        history_uploads.delete_old_files(now=now + timedelta(days=30)),
    ]

    assert (deleted, kept_files(settings)) == ([0, 1], [".json"])
    assert "Nobody imported it for 30 days." in text_of(owner.get(address).content)
    assert owner.post(address).status_code == 302
