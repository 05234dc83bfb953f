"""Checks and imports uploaded history files."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app

from makegood.actions.history_uploads import CHECK_TASK, IMPORT_TASK, delete_old_files, run_check, run_import
from makegood.clock import now
from makegood.domain.schools.models import School
from makegood.domain.schools.queries import list_schools


@app.task(name=CHECK_TASK)
def check(*, school_id: int, upload_id: str, **_later: Any) -> None:
    """The dry run of one upload."""
    run_check(school=_get_school(school_id), upload_id=upload_id, now=now())


@app.task(name=IMPORT_TASK)
def import_file(*, school_id: int, upload_id: str, create_teachers: bool, imported_by_id: int, **_later: Any) -> None:
    """Import one upload."""
    run_import(
        school=_get_school(school_id),
        upload_id=upload_id,
        create_teachers=create_teachers,
        imported_by_id=imported_by_id,
        now=now(),
    )


@app.periodic(cron="23 3 * * *")
@app.task(name="makegood.delete_old_history_files", queueing_lock="makegood.delete_old_history_files")
def delete_old_files_regularly(timestamp: int, **_later: Any) -> None:
    """Every night: uploads that nobody imported for 30 days."""
    del timestamp
    delete_old_files(now=now())


def _get_school(school_id: int) -> School:
    return list_schools(school_ids=[school_id])[0]
