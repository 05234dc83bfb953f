"""A cluster of our own: who runs it, what survives a kill, and what is never touched."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from makegood.postgres import account, binaries, leftovers, placement
from makegood.postgres.cluster import Cluster, ClusterFailed, start_cluster

PASSWORD = "a password of the tests"


@pytest.fixture(params=["system", "embedded"])
def found(request: pytest.FixtureRequest) -> binaries.Binaries:
    return binaries.find(environment=os.environ, origin=request.param)


@pytest.fixture
def place() -> Iterator[Path]:
    # Not tmp_path: its parents are closed to the account that root drops to.
    directory = Path(tempfile.mkdtemp(prefix="makegood-tests-"))
    account.give(directory, account.find())
    yield directory
    shutil.rmtree(directory)


def _start(place: Path, found: binaries.Binaries, *, throwaway: bool = True) -> Cluster:
    # Of a throwaway one a kill may take what was committed last, so tests that kill ask for it as the product does.
    return start_cluster(place / "data", binaries=found, password=PASSWORD, log=place / "log", throwaway=throwaway)


def _write_row(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn()) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (7)")


def _read_row(cluster: Cluster) -> int:
    with psycopg.connect(cluster.dsn()) as connection:
        row = connection.execute("SELECT number FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_cluster_keeps_committed_rows_over_a_kill(place: Path, found: binaries.Binaries) -> None:
    killed = _start(place, found, throwaway=False)
    _write_row(killed)
    os.kill(killed.pid, signal.SIGKILL)
    killed.process.wait()

    again = _start(place, found, throwaway=False)

    try:
        assert _read_row(again) == 7
        assert not killed.socket_directory.exists()
    finally:
        again.stop()


def test_cluster_does_not_run_as_root_and_listens_on_no_network(place: Path, found: binaries.Binaries) -> None:
    cluster = _start(place, found)
    try:
        owner = pwd.getpwuid(Path(f"/proc/{cluster.pid}").stat().st_uid).pw_name
        with psycopg.connect(cluster.dsn()) as connection:
            listening = connection.execute("SHOW listen_addresses").fetchone()
            collation = connection.execute(
                "SELECT datcollate FROM pg_database WHERE datname = current_database()"
            ).fetchone()
    finally:
        cluster.stop()

    assert owner != "root"
    assert listening == ("",)
    assert collation == ("C.UTF-8",)


def test_cluster_asks_for_the_password(place: Path) -> None:
    cluster = _start(place, binaries.find(environment=os.environ))
    try:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(cluster.dsn(password="another"))
    finally:
        cluster.stop()


def test_process_id_of_another_program_does_not_stop_a_start(place: Path) -> None:
    found = binaries.find(environment=os.environ)
    killed = _start(place, found, throwaway=False)
    _write_row(killed)
    os.kill(killed.pid, signal.SIGKILL)
    killed.process.wait()
    while leftovers.processes_in(place / "data"):
        pass
    record = place / "data" / "postmaster.pid"
    bystander = subprocess.Popen(["/bin/sleep", "60"], cwd="/", **account.process_arguments(account.find()))
    try:
        lines = record.read_text(encoding="utf-8").splitlines()
        record.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n", encoding="utf-8")

        again = _start(place, found, throwaway=False)

        assert _read_row(again) == 7
        assert bystander.poll() is None
        again.stop()
    finally:
        bystander.kill()
        bystander.wait()


def test_server_left_running_is_stopped_before_the_next_start(place: Path) -> None:
    found = binaries.find(environment=os.environ)
    orphan = _start(place, found)
    _write_row(orphan)

    again = _start(place, found)

    try:
        assert _read_row(again) == 7
        assert orphan.process.wait(timeout=5) == 0
    finally:
        again.stop()


def test_data_of_another_version_is_refused_with_both_versions(place: Path) -> None:
    found = binaries.find(environment=os.environ)
    _start(place, found).stop()
    (place / "data" / "PG_VERSION").write_text("99\n", encoding="ascii")

    with pytest.raises(ClusterFailed, match=f"was made by PostgreSQL 99; PostgreSQL {found.version} in"):
        _start(place, found)


def test_interrupted_making_is_made_anew(place: Path) -> None:
    unfinished = place / "data.unfinished-abc"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("15\n", encoding="ascii")

    cluster = _start(place, binaries.find(environment=os.environ))
    cluster.stop()

    assert sorted(path.name for path in place.iterdir()) == ["data", "log"]


def test_private_home_is_not_opened(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = place / "home"
    home.mkdir(mode=0o700)
    wanted = home / "var" / "postgres"
    outside = place / "outside"
    outside.mkdir()
    place.chmod(0o755)
    monkeypatch.setattr(placement, "OUTSIDE_FOLDERS", (outside,))

    chosen = placement.data_directory(wanted=wanted, account=account.find())

    # An ordinary account runs PostgreSQL itself and may enter its own home.
    assert chosen.is_relative_to(outside if os.geteuid() == 0 else wanted)
    assert home.stat().st_mode & 0o777 == 0o700
    placement.remove_data(wanted=wanted)
    assert not chosen.parent.exists()


def test_socket_stays_short_in_a_deep_temporary_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(place / ("deep" * 30)))

    directory = placement.socket_directory(account=account.find())

    assert len(str(directory / placement.SOCKET_NAME)) <= placement.LONGEST_SOCKET_PATH
    directory.rmdir()
