"""The operating-system account a cluster runs under: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNPRIVILEGED_NAMES = ("postgres", "nobody")


class NoAccount(Exception):
    """Root has no unprivileged account to run PostgreSQL under."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account that root starts PostgreSQL under; `None` in its place means: the account we are."""

    name: str
    uid: int
    gid: int


def find() -> Account | None:
    """Return the existing account to drop to, or None when we are not root. No account is ever made.

    Raises NoAccount.
    """
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    message = (
        "PostgreSQL does not run as root, and this machine has neither an account `postgres` nor `nobody`. "
        "Run as an ordinary account, or set DATABASE_URL to a server you have."
    )
    raise NoAccount(message)


def process_arguments(account: Account | None) -> dict[str, Any]:
    """Return what `subprocess` needs to start a program under `account`."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def give(path: Path, account: Account | None) -> None:
    """Make `account` the owner of `path` alone (not of what is in it), for nobody else to read."""
    path.chmod(0o700)
    if account:
        os.chown(path, account.uid, account.gid)


def can_run(program: Path, account: Account | None) -> bool:
    """Return whether `account` can start `program`; asks by trying, so every kind of access rule counts."""
    return _succeeds([str(program), "--version"], account)


def can_write_in(directory: Path, account: Account | None) -> bool:
    """Return whether `account` can reach and write in `directory`."""
    return _succeeds(["/bin/sh", "-c", 'test -w "$1" && test -x "$1"', "sh", str(directory)], account)


def _succeeds(command: list[str], account: Account | None) -> bool:
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=30, check=False, cwd="/", **process_arguments(account)
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
