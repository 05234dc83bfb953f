"""Runs the checks of this folder. Each is one query that returns a row per row it checked: the school and a finding.

A finding is a sentence, NULL where nothing is wrong. Checks read tables only; no rule of the product is asked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from makegood import presets

FOLDER = Path(__file__).parent
SQL = FOLDER.parent.parent / "migrations" / "sql"
FACTS_MARK = "/* incident_facts */"


class Cursor(Protocol):
    """What both Django's and psycopg's cursors offer."""

    def execute(self, query: Any, params: Any = None, /) -> Any:
        """Run one statement."""

    def fetchall(self) -> Sequence[Any]:
        """Return its rows."""

    def fetchone(self) -> Any:
        """Return its next row."""


class Blind(Exception):
    """The auditor sees nothing, so its silence would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one check looked at and found; each finding names its school (None: the database itself)."""

    name: str
    rows: int
    findings: tuple[str, ...]


def list_checks() -> tuple[Path, ...]:
    """The checks in order."""
    return tuple(sorted(FOLDER.glob("[0-9][0-9]_*.sql")))


def run_checks(cursor: Cursor, *, now: datetime) -> Iterator[Checked]:
    """Run every check, as of `now`. Raises Blind when row-level security hides the rows from this login."""
    refuse_blindness(cursor)
    for file in list_checks():
        yield run_check(cursor, file, now=now)


def name_of(file: Path) -> str:
    """What a check of `list_checks` is called."""
    return file.stem[3:].replace("_", " ")


def run_check(cursor: Cursor, file: Path, *, now: datetime) -> Checked:
    """Run one of `list_checks`; whether the login sees anything is asked before (`refuse_blindness`)."""
    facts = (FOLDER / "incident_facts.sql").read_text(encoding="utf-8")
    query = file.read_text(encoding="utf-8").replace(FACTS_MARK, facts)
    cursor.execute(
        _with_placeholders(query), {"presets": _presets(), "triggers": json.dumps(list_triggers()), "now": now}
    )
    rows = cursor.fetchall()
    findings = tuple(
        f"school {school}: {finding}" if school is not None else str(finding)
        for school, finding in rows
        if finding is not None
    )
    return Checked(name=name_of(file), rows=len(rows), findings=findings)


def refuse_blindness(cursor: Cursor) -> None:
    """Raise Blind unless there are schools and their members are visible."""
    cursor.execute(
        "SELECT (SELECT count(*) FROM makegood_school), (SELECT count(*) FROM makegood_membership),"
        " (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),"
        " current_setting('makegood.school_id', true)"
    )
    schools, members, sees_everything, school = cursor.fetchone()
    if schools == 0:
        message = "There is no school at all, so there was nothing to check. Is this the right database?"
        raise Blind(message)
    if members == 0 or not (sees_everything or school):
        message = (
            "This login sees no rows, because row-level security hides them. "
            "Let DATABASE_AUDIT_URL be a login of makegood_auditor, which has BYPASSRLS."
        )
        raise Blind(message)


def count_own_documents(cursor: Cursor) -> int:
    """How many policy versions are a school's own text, whose penalties these checks cannot compute anew."""
    cursor.execute(
        "SELECT count(*) FROM makegood_policyversion WHERE document_sha256 NOT IN"
        " (SELECT sha256 FROM jsonb_to_recordset(%(presets)s::jsonb) AS shipped (preset text, sha256 text))",
        {"presets": _presets()},
    )
    return int(cursor.fetchone()[0])


def count_demo_schools(cursor: Cursor) -> int:
    """How many schools are the demo's, whose past is written without messages: nobody was told of it."""
    cursor.execute("SELECT count(*) FROM makegood_school WHERE is_demo")
    return int(cursor.fetchone()[0])


def _with_placeholders(query: str) -> str:
    """The files are written as psql reads them, so that they can be run by hand with `-v`."""
    return re.sub(r":'(\w+)'", r"%(\1)s", query.replace("%", "%%"))


def _presets() -> str:
    texts = {name: presets.preset_text(name) for name in presets.list_presets()}
    return json.dumps(
        [{"preset": name, "sha256": hashlib.sha256(text.encode()).hexdigest()} for name, text in texts.items()]
    )


def list_triggers() -> tuple[str, ...]:
    """The triggers that the SQL of the migrations makes: each by its own statement, or by the two functions."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(SQL.glob("*.sql")))
    names = re.findall(r"^CREATE (?:CONSTRAINT )?TRIGGER (\w+)", text, flags=re.MULTILINE)
    for arguments in re.findall(r"^SELECT makegood_keep_written_once\(([^)]*)\)", text, flags=re.MULTILINE):
        for rows_of in re.findall(r"'makegood_(\w+)'", arguments):
            names += [f"{rows_of}_rows_are_{what}" for what in ("written_once", "not_emptied", "recorded_now")]
    for rows_of in re.findall(r"^SELECT makegood_keep_stamped\('makegood_(\w+)'", text, flags=re.MULTILINE):
        names += [f"{rows_of}_rows_are_{what}" for what in ("only_stamped", "not_deleted", "not_emptied")]
    return tuple(sorted(set(names)))
