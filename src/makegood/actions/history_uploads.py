"""Uploaded history files: kept on disk beside what is known about them, checked and imported here or by a job.

Web and worker share the folder of uploads (`MEDIA_ROOT`). The file goes once it is imported, or after 30 days; what is
known about it stays.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from makegood.actions.history_plan import HistoryPlan
from makegood.actions.import_history import HistoryHasProblems, UnknownTeachers, import_history, preview_history
from makegood.actions.transactions import in_one_transaction
from makegood.database.jobs import NewJob, queue_jobs
from makegood.domain.schools.imports import lock_imports
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.rules.storing import sentence_to_json

CHECK_TASK: Final = "makegood.check_history_upload"
IMPORT_TASK: Final = "makegood.import_history_upload"
# Up to so many bytes a file is worked on at once; a larger one by a job, whose progress is shown.
AT_ONCE_BYTES: Final = 200_000
LARGEST_BYTES: Final = 60_000_000
WAITING, CHECKED, IMPORTING, DONE, BROKEN = "waiting", "checked", "importing", "done", "broken"
# The file was kept for 30 days and nobody imported it.
EXPIRED: Final = "expired"
KEPT: Final = timedelta(days=30)
_SHOWN: Final = 200


def save_upload(*, school: School, chunks: Iterable[bytes]) -> str:
    """Keep the file; its id names it from then on."""
    upload_id = uuid.uuid4().hex
    path = _folder(school) / f"{upload_id}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
    write_state(school=school, upload_id=upload_id, stage=WAITING)
    return upload_id


def find_state(*, school: School, upload_id: str) -> Mapping[str, Any] | None:
    """What is known about the upload, None when the school has none of this id."""
    path = _folder(school) / f"{upload_id}.json"
    try:
        state: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return state


def check_upload(*, school: School, upload_id: str, now: datetime) -> None:
    """The dry run, here for a small file, by a job for a large one."""
    if _path(school, upload_id).stat().st_size > AT_ONCE_BYTES:
        _queue(CHECK_TASK, school, upload_id)
        return
    run_check(school=school, upload_id=upload_id, now=now)


def run_check(*, school: School, upload_id: str, now: datetime) -> None:
    """Read the file and keep what it would do."""
    with _path(school, upload_id).open("rb") as stream:
        plan = preview_history(school=school, stream=stream, now=now, progress=lambda _stage, _done, _of: None)
    write_state(school=school, upload_id=upload_id, stage=CHECKED, plan=_summary(plan))


def import_upload(*, school: School, upload_id: str, create_teachers: bool, imported_by_id: int, now: datetime) -> None:
    """Import the file, here when it is small, by a job when it is large; nothing if that was asked for before.

    Call it in a transaction of the school: whoever asks at the same time waits for its end. Raises Busy.
    """
    in_one_transaction(school.pk, lambda: lock_imports(school_id=school.pk))
    state = find_state(school=school, upload_id=upload_id)
    if state is None or state["stage"] != CHECKED:
        return
    if _path(school, upload_id).stat().st_size > AT_ONCE_BYTES:
        write_state(school=school, upload_id=upload_id, stage=IMPORTING)
        _queue(IMPORT_TASK, school, upload_id, create_teachers=create_teachers, imported_by_id=imported_by_id)
        return
    run_import(
        school=school, upload_id=upload_id, create_teachers=create_teachers, imported_by_id=imported_by_id, now=now
    )


def run_import(*, school: School, upload_id: str, create_teachers: bool, imported_by_id: int, now: datetime) -> None:
    """Import the whole file or nothing, and keep how far it is and how it ended."""
    is_large = _path(school, upload_id).stat().st_size > AT_ONCE_BYTES

    def tell(stage: str, done: int, of: int) -> None:
        # A small file leaves no state that could outlive a killed web process.
        if is_large:
            write_state(school=school, upload_id=upload_id, stage=IMPORTING, part=stage, done=done, of=of)

    if not _path(school, upload_id).exists():
        return  # The job came twice.
    is_settled = False
    try:
        with _path(school, upload_id).open("rb") as stream:
            imported = import_history(
                school=school,
                stream=stream,
                create_teachers=create_teachers,
                imported_by_id=imported_by_id,
                door=Door.IMPORT,
                now=now,
                show=lambda _plan: None,
                progress=tell,
            )
    except (HistoryHasProblems, UnknownTeachers) as refusal:
        # Something was recorded since the dry run, or teachers are unknown: show what it would do now.
        is_settled = True
        write_state(
            school=school, upload_id=upload_id, stage=CHECKED, plan=_summary(refusal.plan), refused=refusal.code
        )
    else:
        is_settled = True
        write_state(
            school=school,
            upload_id=upload_id,
            stage=DONE,
            incidents=imported.incident_count,
            decisions=imported.decision_count,
            teachers=imported.teacher_count,
        )
        # Not before: a request that is repeated after a deadlock reads the file again.
        transaction.on_commit(lambda: _path(school, upload_id).unlink(missing_ok=True))
    finally:
        if not is_settled:
            write_state(school=school, upload_id=upload_id, stage=BROKEN)


def delete_old_files(*, now: datetime) -> int:
    """Delete the files of all schools that were uploaded 30 days before `now` or earlier; returns how many."""
    latest = (now - KEPT).timestamp()
    old = [file for file in Path(settings.MEDIA_ROOT).glob("history/*/*.csv") if file.stat().st_mtime <= latest]
    for file in old:
        state = file.with_suffix(".json")
        if state.is_file() and json.loads(state.read_text(encoding="utf-8"))["stage"] != DONE:
            _replace(state, {"stage": EXPIRED})
        file.unlink(missing_ok=True)
    return len(old)


def write_state(*, school: School, upload_id: str, stage: str, **known: object) -> None:
    """Replace what is known about the upload, all at once: a reader sees the former or the new."""
    _replace(_folder(school) / f"{upload_id}.json", {"stage": stage, **known})


def _replace(path: Path, state: Mapping[str, object]) -> None:
    fresh = path.with_suffix(f".{uuid.uuid4().hex}")  # Two may write at the same time.
    fresh.write_text(json.dumps(state), encoding="utf-8")
    fresh.replace(path)


def _summary(plan: HistoryPlan) -> dict[str, Any]:
    return {
        "rows": plan.row_count,
        "new": len(plan.new),
        "decided": len(plan.decided),
        "decisions": plan.decision_count,
        "known": plan.known_count,
        "problem_count": plan.problem_count,
        "problems": [
            {
                "line": problem.line,
                "column": problem.column,
                "what": sentence_to_json(problem.what),
                "fix": sentence_to_json(problem.how_to_fix),
            }
            for problem in plan.problems
        ],
        "unknown_teachers": list(plan.unknown_teachers[:_SHOWN]),
        "unknown_count": len(plan.unknown_teachers),
        "teacher_count": len(plan.teachers),
        "teachers": [
            {
                "code": total.code,
                "name": total.display_name,
                "incidents": total.incident_count,
                "change": [total.change.amount_minor, total.change.currency] if total.change is not None else None,
            }
            for total in plan.teachers[:_SHOWN]
        ],
    }


def _queue(task: str, school: School, upload_id: str, **values: Any) -> None:
    arguments = {"school_id": school.pk, "upload_id": upload_id, **values}
    queue_jobs([NewJob(task=task, lock=f"history:{school.pk}", arguments=arguments)])


def _path(school: School, upload_id: str) -> Path:
    return _folder(school) / f"{upload_id}.csv"


def _folder(school: School) -> Path:
    return Path(settings.MEDIA_ROOT) / "history" / str(school.pk)
