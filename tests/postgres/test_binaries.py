"""Which PostgreSQL is taken, and what is said when there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from makegood.postgres import binaries
from makegood.postgres.binaries import NoPostgres


def _fake(folder: Path, *, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) {version}"\n', encoding="utf-8")
        program.chmod(0o755)
    return folder


def test_named_folder_comes_before_everything(tmp_path: Path) -> None:
    folder = _fake(tmp_path / "bin", version="16.2")

    found = binaries.find(environment={"MAKEGOOD_POSTGRES_BIN": str(folder), "PATH": os.defpath})

    assert (found.directory, found.version, found.origin) == (folder, 16, "named")


def test_named_folder_without_postgresql_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NoPostgres, match=f"names {tmp_path}, which holds no PostgreSQL 15"):
        binaries.find(environment={"MAKEGOOD_POSTGRES_BIN": str(tmp_path)})


def test_search_path_comes_before_versioned_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = _fake(tmp_path / "path", version="15.1")
    _fake(tmp_path / "versions" / "17" / "bin", version="17.0")
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (str(tmp_path / "versions"),))

    assert binaries.find(environment={"PATH": str(on_path)}).directory == on_path


def test_newest_versioned_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("9", "15", "17", "16"):
        _fake(tmp_path / number / "bin", version=f"{number}.4")
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (str(tmp_path),))

    assert binaries.find(environment={}).version == 17


def test_version_of_existing_data_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("15", "17"):
        _fake(tmp_path / number / "bin", version=f"{number}.4")
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (str(tmp_path),))

    assert binaries.find(environment={}, version=15).version == 15


def test_too_old_postgresql_is_no_postgresql(tmp_path: Path) -> None:
    folder = _fake(tmp_path / "bin", version="14.9")

    assert binaries.inspect(directory=folder, origin="system") is None


def test_embedded_binaries_are_found_without_importing_their_package() -> None:
    found = binaries.find(environment={}, origin="embedded")

    assert (found.origin, found.version >= 18) == ("embedded", True)


def test_missing_version_says_what_to_install() -> None:
    with pytest.raises(NoPostgres) as refusal:
        binaries.find(environment={}, version=99)

    assert str(refusal.value) == (
        "No PostgreSQL 99 was found. Install one (Debian: apt-get install postgresql), name its folder in "
        "MAKEGOOD_POSTGRES_BIN, or set DATABASE_URL to a server you have."
    )
