"""The database an installation works on: a server that was named, or a cluster of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg

from makegood.door.installation import Installation
from makegood.postgres import account, binaries, placement, roles
from makegood.postgres.binaries import NAMING_VARIABLE
from makegood.postgres.cluster import Cluster, ClusterFailed, existing_version, start_cluster
from makegood.processes.supervisor import CannotStart, Program

DATABASE = "makegood"


class OwnCluster:
    """The cluster under `var/`, which can be started again at the same address."""

    def __init__(
        self, *, installation: Installation, passwords: Mapping[str, str], environment: Mapping[str, str]
    ) -> None:
        self.installation = installation
        self.passwords = passwords
        self.environment = environment
        self.cluster: Cluster | None = None

    def start(self) -> Cluster:
        """Start the cluster, making it at the first call.

        Raises cluster.ClusterFailed, binaries.NoPostgres, account.NoAccount, placement.NoPlace.
        """
        directory = placement.data_directory(wanted=self.installation.state / "postgres", account=account.find())
        if self.cluster is None:
            self._remove_former_socket()
        self.cluster = start_cluster(
            directory,
            binaries=binaries_for(directory, environment=os.environ),
            password=self.passwords["superuser"],
            log=self.installation.logs / "postgres.log",
            socket_directory=self.cluster.socket_directory if self.cluster else None,
            environment=self.environment,
        )
        self._socket_record.write_text(str(self.cluster.socket_directory), encoding="utf-8")
        return self.cluster

    @property
    def _socket_record(self) -> Path:
        return self.installation.state / "run" / "socket"

    def _remove_former_socket(self) -> None:
        """Remove the socket's folder that a killed start has left; nobody is using it, as we hold the lock."""
        if self._socket_record.is_file():
            former = Path(self._socket_record.read_text(encoding="utf-8"))
            if former.name.startswith(placement.SOCKET_PREFIX) and not former.is_symlink():
                shutil.rmtree(former, ignore_errors=True)
            self._socket_record.unlink()

    def addresses(self) -> dict[str, str]:
        """Make roles and database where they are missing and return the product's variables for them."""
        assert self.cluster is not None
        roles.provision(superuser_dsn=self.cluster.dsn(), passwords=self.passwords)
        roles.provision_database(superuser_dsn=self.cluster.dsn(), database=DATABASE)
        app, owner, auditor = (
            self.cluster.dsn(database=DATABASE, role=role, password=self.passwords[role])
            for role in (roles.APP, roles.OWNER, roles.AUDITOR)
        )
        return {
            "DATABASE_URL": app,
            "DATABASE_DIRECT_URL": app,
            "DATABASE_OWNER_URL": owner,
            "DATABASE_AUDIT_URL": auditor,
        }

    def program(self) -> Program:
        """Return the cluster as something for the supervisor to keep running."""

        def start() -> subprocess.Popen[bytes]:
            if self.cluster is not None and self.cluster.process.returncode is None:
                return self.cluster.process
            try:
                return self.start().process
            except ClusterFailed as reason:
                raise CannotStart(str(reason).splitlines()[0]) from reason

        def clear() -> None:
            if self.cluster is not None:
                self.cluster.remove_socket()

        # SIGINT is PostgreSQL's fast shutdown: sessions end, nothing committed is lost.
        return Program(name="postgres", start=start, clear=clear, stop_signal=signal.SIGINT, grace_seconds=60)


def forget_what_was_begun(*, owner_dsn: str) -> None:
    """Take the rows of an interrupted work out of the tables for good.

    Otherwise PostgreSQL does it by itself in the middle of the next work, counts no row as long as that is not
    committed, and plans each further statement of it as if the tables were empty: what takes seconds takes hours.
    """
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        # The tables of the server itself are not the owner's; PostgreSQL warns of each and leaves it out.
        connection.execute("SET client_min_messages = error")
        connection.execute("VACUUM")


def binaries_for(directory: Path, *, environment: Mapping[str, str]) -> binaries.Binaries:
    """Return the binaries for the data in `directory`: of its version when it exists, else the first found.

    Raises binaries.NoPostgres.
    """
    version = existing_version(directory)
    try:
        return binaries.find(environment=environment, version=version)
    except binaries.NoPostgres as reason:
        if version is None:
            raise
        message = (
            f"The data in {directory} was made by PostgreSQL {version}, which is no longer here. Install "
            f"PostgreSQL {version} or name its folder in {NAMING_VARIABLE}; or start anew with ./run reset."
        )
        raise binaries.NoPostgres(message) from reason
