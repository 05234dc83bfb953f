"""A private PostgreSQL cluster: made once, started on a socket of its own, stopped by the process that was started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from makegood.postgres import account as accounts
from makegood.postgres import leftovers, placement
from makegood.postgres.account import Account
from makegood.postgres.binaries import Binaries
from makegood.processes import starting

SUPERUSER = "postgres"
READY_SECONDS = 300
STOP_SECONDS = 60
# The first version with a C.UTF-8 that does not depend on the machine's C library.
FIRST_WITH_BUILTIN_LOCALE = 17
# Fast, and lost in a power cut. Nothing is vacuumed or analyzed unasked: a table that is counted at an unlucky moment,
# after the rows of one test are gone and before those of the next are committed, is planned as if it stayed empty.
_FOR_TESTS: Final = {
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
}


class ClusterFailed(Exception):
    """PostgreSQL did not start or stop; the text holds its own last words."""


@dataclass(kw_only=True)
class Cluster:
    """A running cluster. Nothing of it listens on a network."""

    directory: Path
    binaries: Binaries
    socket_directory: Path
    log: Path
    password: str = field(repr=False)
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """The process id of the server's first process."""
        return self.process.pid

    def dsn(self, *, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        """Return the address of `database` for `role`; without a password, the superuser's."""
        return make_conninfo(
            dbname=database,
            user=role,
            password=self.password if password is None else password,
            host=str(self.socket_directory),
        )

    def stop(self) -> None:
        """Stop the server, sessions and all, and wait until it is gone.

        Raises ClusterFailed when it does not end.
        """
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            message = f"PostgreSQL (process {self.pid}) did not stop within {STOP_SECONDS} seconds. Its log: {self.log}"
            raise ClusterFailed(message) from None
        self.remove_socket()

    def remove_socket(self) -> None:
        """Remove the socket's folder of a cluster that has stopped."""
        shutil.rmtree(self.socket_directory, ignore_errors=True)


def existing_version(directory: Path) -> int | None:
    """Return the major version that made the cluster in `directory`, or None when there is none."""
    try:
        return int((directory / "PG_VERSION").read_text(encoding="ascii"))
    except (FileNotFoundError, PermissionError):
        return None


def start_cluster(
    directory: Path,
    *,
    binaries: Binaries,
    password: str,
    log: Path,
    throwaway: bool = False,
    socket_directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Cluster:
    """Make the cluster in `directory` unless it exists, start it, and return it when it takes connections.

    `directory` lies where the account that PostgreSQL will run under can reach it (see `placement`). What a killed
    predecessor left behind is cleared first. A `throwaway` one is for tests: see `_FOR_TESTS`. A cluster that is
    started again may keep its former `socket_directory`, and with it its address. `environment` is added to the
    server's own.

    Raises ClusterFailed, account.NoAccount, placement.NoPlace.
    """
    account = accounts.find()
    usable = placement.runnable(binaries=binaries, account=account)
    if existing_version(directory) is None:
        _make(directory=directory, binaries=usable, account=account, password=password, throwaway=throwaway)
    elif existing_version(directory) != usable.version:
        message = (
            f"The data in {directory} was made by PostgreSQL {existing_version(directory)}; "
            f"PostgreSQL {usable.version} in {usable.directory} cannot read it."
        )
        raise ClusterFailed(message)
    leftovers.clear(directory, keep=socket_directory)
    if socket_directory is None:
        socket_directory = placement.socket_directory(account=account)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as words:
        process = starting.start(
            [str(usable.path("postgres")), "-D", str(directory), *_options(socket_directory, throwaway=throwaway)],
            environment={**_environment(), **(environment or {})},
            directory=directory,
            output=words,
            # A fast shutdown, if our own process is killed.
            signal_when_orphaned=signal.SIGINT,
            umask=0o077,
            **accounts.process_arguments(account),
        )
    cluster = Cluster(
        directory=directory,
        binaries=usable,
        socket_directory=socket_directory,
        log=log,
        password=password,
        process=process,
    )
    is_ready = False
    try:
        _wait_until_ready(cluster)
        is_ready = True
    finally:
        # Whatever interrupted the wait, Ctrl-C among it: nobody else knows of this process yet.
        if not is_ready:
            cluster.stop()
    return cluster


def _make(*, directory: Path, binaries: Binaries, account: Account | None, password: str, throwaway: bool) -> None:
    """Run initdb beside `directory` and rename: a half-made cluster is never taken for a whole one."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    for unfinished in directory.parent.glob(f"{directory.name}.unfinished-*"):
        shutil.rmtree(unfinished)
    if directory.exists() and not any(directory.iterdir()):
        directory.rmdir()
    new = Path(tempfile.mkdtemp(prefix=f"{directory.name}.unfinished-", dir=directory.parent))
    accounts.give(new, account)
    done = _initdb(directory=new, binaries=binaries, account=account, password=password, throwaway=throwaway)
    if done.returncode != 0:
        shutil.rmtree(new, ignore_errors=True)
        message = f"PostgreSQL could not make its data in {directory}:\n{done.stdout.decode(errors='replace').strip()}"
        raise ClusterFailed(message)
    new.rename(directory)


def _initdb(
    *, directory: Path, binaries: Binaries, account: Account | None, password: str, throwaway: bool
) -> subprocess.CompletedProcess[bytes]:
    is_builtin = binaries.version >= FIRST_WITH_BUILTIN_LOCALE
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    with tempfile.NamedTemporaryFile(prefix="makegood-") as secret:
        secret.write(password.encode())
        secret.flush()
        accounts.give(Path(secret.name), account)
        command = [
            str(binaries.path("initdb")),
            f"--pgdata={directory}",
            f"--username={SUPERUSER}",
            "--auth=scram-sha-256",
            f"--pwfile={secret.name}",
            "--encoding=UTF8",
            "--data-checksums",
            *(locale if is_builtin else ["--locale=C.UTF-8"]),
            *(["--no-sync"] if throwaway else []),
        ]
        return subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=directory,
            env=_environment(),
            umask=0o077,
            **accounts.process_arguments(account),
        )


def _options(socket_directory: Path, *, throwaway: bool) -> list[str]:
    options = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": str(socket_directory),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "logging_collector": "off",
        "jit": "off",
    }
    if throwaway:
        options |= _FOR_TESTS
    return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _wait_until_ready(cluster: Cluster) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            psycopg.connect(cluster.dsn(), connect_timeout=5).close()
        except psycopg.OperationalError:
            if cluster.process.poll() is not None:
                _give_up(cluster, "ended while starting")
            if time.monotonic() > deadline:
                cluster.process.kill()
                _give_up(cluster, f"was not ready within {READY_SECONDS} seconds")
            time.sleep(0.03)
        else:
            return


def _give_up(cluster: Cluster, what: str) -> None:
    cluster.remove_socket()
    last_words = cluster.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
    raise ClusterFailed("\n".join([f"PostgreSQL {what}. The end of {cluster.log}:", *last_words]))
