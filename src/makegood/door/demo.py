"""`./run`: the whole product on this machine, one line per stage, until Ctrl-C."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from makegood.door import fingerprint, named_server, variables
from makegood.door import installation as installations
from makegood.door.database import OwnCluster, forget_what_was_begun
from makegood.door.installation import Installation
from makegood.postgres import account, binaries, cluster, placement, roles
from makegood.processes import lock, starting, survivors
from makegood.processes.supervisor import Program, StopRequested, Supervisor, stopping_signals

READY_SECONDS = 60
RELAY_SECONDS = 0.5
PROGRESS = re.compile(r"^\w+: \d+ %$", re.MULTILINE)
# After so long the demo's lessons are brought up to now at the next start.
CURRENT_SECONDS = 6 * 3600
LAST_PORT = 65_535
WEB_PROCESSES = 2
# Everything that can stop a start and is explained by its own text.
STOPPERS = (
    account.NoAccount,
    binaries.NoPostgres,
    cluster.ClusterFailed,
    placement.NoPlace,
    named_server.ServerUnusable,
    roles.UnsafeLogin,
)


class StageFailed(Exception):
    """A command of the start ended badly; the text tells which and where its words are."""


def run(installation: Installation) -> int:
    """Run the demo until it is asked to stop; return the exit status."""
    holder = {"kind": "demo", "pid": str(os.getpid())}
    try:
        with lock.held(installation.lock, holder=holder, wait=_is_short(installation)):
            return _run_alone(installation)
    except lock.Busy:
        print(_describe_running(installation), file=sys.stderr)
        return 1


def _is_short(installation: Installation) -> bool:
    """Whether whoever holds the lock is a single command, which is worth waiting for."""
    holder = lock.find_holder(installation.lock)
    if holder is None or holder.get("kind") != "command":
        return False
    print(f"Waiting for `{holder.get('command', 'a command')}` (process {holder.get('pid')}) to end ...")
    return True


def _describe_running(installation: Installation) -> str:
    address = read_record(installation).get("address")
    where = f" at {address}" if address else " and still starting"
    return f"Makegood is already running from this folder{where}. Stop it with Ctrl-C where it runs."


def read_record(installation: Installation) -> dict[str, str]:
    """Return what the last demo of this installation wrote about itself; empty when there was none."""
    try:
        found: dict[str, str] = json.loads(installation.running_record.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _run_alone(installation: Installation) -> int:
    supervisor = Supervisor(tell=say)
    try:
        with stopping_signals():
            try:
                demo = Demo(installation=installation, supervisor=supervisor)
                demo.start()
                supervisor.keep_running()
            except StopRequested:
                print("\nStopping ...", flush=True)
            finally:
                supervisor.stop()
                installation.running_record.unlink(missing_ok=True)
    except (*STOPPERS, StageFailed) as reason:
        print(f"\n{reason}", file=sys.stderr)
        return 1
    print("Stopped. Nothing is lost; ./run continues where you left.")
    return 0


class Demo:
    """The stages of a start, in order."""

    def __init__(self, *, installation: Installation, supervisor: Supervisor) -> None:
        self.installation = installation
        self.supervisor = supervisor
        self.mark = survivors.new_mark()
        self.secrets = installations.read_secrets(installation)
        self.address = ""
        self.environment: dict[str, str] = {}
        self.record: dict[str, str] = {}

    def start(self) -> None:
        """Start everything and say where it is.

        Raises one of STOPPERS, StageFailed or StopRequested.
        """
        began = time.monotonic()
        self._end_survivors()
        # Written before anything is started, so that whatever outlives us can be found by its mark.
        self._write_record()
        port = choose_port(os.environ, remembered=self.installation.state / "run" / "port")
        self.address = f"http://localhost:{port}"
        databases = self._start_database()
        self.environment = variables.for_product(
            installation=self.installation,
            signing_key=self.secrets["signing_key"],
            push_key=self.secrets["push_key"],
            databases=databases,
            address=self.address,
            mark=self.mark,
            surroundings=os.environ,
        )
        self._migrate()
        roles.refuse_unsafe_login(dsn=databases["DATABASE_URL"])
        self._seed(databases["DATABASE_URL"])
        for number in range(1, WEB_PROCESSES + 1):
            self.supervisor.start(self._program(f"web-{number}", web_command(port)))
        self._wait_for_web(port)
        self.supervisor.start(self._program("worker", _worker_command(), MAKEGOOD_PROCESS="worker"))
        self._write_record(address=self.address, environment=json.dumps(databases))
        self._welcome(began)

    def _end_survivors(self) -> None:
        former = read_record(self.installation).get("mark")
        if former and (count := survivors.end(former)):
            say(f"Ended {count} processes that a killed ./run had left behind.")

    def _start_database(self) -> dict[str, str]:
        if os.environ.get("DATABASE_URL"):
            say("Database: the server in DATABASE_URL.")
            return named_server.addresses(os.environ)
        own = OwnCluster(
            installation=self.installation,
            passwords=self.secrets,
            environment={survivors.MARK_VARIABLE: self.mark},
        )
        is_new = not (self.installation.state / "postgres").exists()
        running = own.start()
        self.supervisor.start(own.program())
        kind = {"system": "of this system", "embedded": "embedded", "named": "named by you"}[running.binaries.origin]
        say(f"Database: PostgreSQL {running.binaries.version} ({kind}){', made anew' if is_new else ''}.")
        return own.addresses()

    def _migrate(self) -> None:
        owner = self.environment.get("DATABASE_OWNER_URL")
        if owner:
            done = self.installation.state / "run" / "prepared"
            now = f"{roles.identify(dsn=owner)} {fingerprint.of_prepared_files()}"
            is_own = not os.environ.get("DATABASE_URL")
            if is_own and done.is_file() and done.read_text(encoding="utf-8") == now:
                return
            done.unlink(missing_ok=True)
            self._command("prepare", log="prepare.log", stage="Tables and files: up to date.")
            done.write_text(now, encoding="utf-8")
        else:
            # An ordinary login cannot migrate; it can see whether somebody has.
            self._command("migrate", "--check", log="prepare.log", stage="Tables: up to date.")

    def _seed(self, database_url: str) -> None:
        if self.environment["MAKEGOOD_DEMO"] != "true":
            return
        record = self.installation.seeded_record
        identity = roles.identify(dsn=database_url)
        is_seeded = record.is_file() and record.read_text(encoding="utf-8") == identity
        if is_seeded and time.time() - record.stat().st_mtime < CURRENT_SECONDS:
            return
        if is_seeded:
            # The worker does this every hour while the demo runs.
            self._command("seed_demo", log="seed.log", stage="Demo schools: brought up to now.")
        else:
            say("Demo schools: being made, this takes up to a minute ...")
            owner = self.environment.get("DATABASE_OWNER_URL")
            if owner:
                # An earlier start may have been ended in the middle of it.
                forget_what_was_begun(owner_dsn=owner)
            self._command("seed_demo", log="seed.log", stage="Demo schools: ready.")
        record.write_text(identity, encoding="utf-8")

    def _command(self, *words: str, log: str, stage: str) -> None:
        began = time.monotonic()
        path = self.installation.logs / log
        with path.open("wb") as output:
            process = starting.start(
                [sys.executable, "-P", "-m", "makegood.manage", *words],
                environment=self.environment,
                directory=self.installation.state,
                output=output,
            )
            try:
                status = self._wait_and_relay(process, path)
            finally:
                # Also when Ctrl-C comes in between; a finished one is left alone.
                process.kill()
                process.wait()
        if status != 0:
            words_of_it = path.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
            raise StageFailed("\n".join([f"`manage {' '.join(words)}` failed. The end of {path}:", *words_of_it]))
        say(f"{stage} ({time.monotonic() - began:.1f} s)")

    def _wait_and_relay(self, process: subprocess.Popen[bytes], output: Path) -> int:
        """Wait for a command; how far it is, in lines of its output such as `Marigold: 40 %`, is said at once."""
        said = 0
        while True:
            try:
                status: int | None = process.wait(timeout=RELAY_SECONDS)
            except subprocess.TimeoutExpired:
                status = None
            shares = PROGRESS.findall(output.read_text(encoding="utf-8", errors="replace"))
            for share in shares[said:]:
                say(f"  {share}")
            said = len(shares)
            if status is not None:
                return status

    def _program(self, name: str, command: list[str], **further: str) -> Program:
        def start() -> subprocess.Popen[bytes]:
            with (self.installation.logs / f"{name}.log").open("ab") as output:
                return starting.start(
                    command,
                    environment={**self.environment, **further},
                    directory=self.installation.state,
                    output=output,
                )

        return Program(name=name, start=start)

    def _wait_for_web(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not answers(port, mark=self.mark):
            self.supervisor.look()
            if time.monotonic() > deadline:
                message = f"No web process answered within {READY_SECONDS} seconds. Logs: {self.installation.logs}"
                raise StageFailed(message)
            time.sleep(0.05)

    def _write_record(self, **values: str) -> None:
        record = {"pid": str(os.getpid()), "mark": self.mark, **values}
        installations.write_private(self.installation.running_record, json.dumps(record))

    def _welcome(self, began: float) -> None:
        say(f"Ready after {time.monotonic() - began:.1f} s.\n\n    {self.address}\n")
        if self.installation.sign_ins.is_file():
            say(self.installation.sign_ins.read_text(encoding="utf-8"))
        say(f"Logs and mail are in {self.installation.state}. Ctrl-C stops everything.")


def say(line: str) -> None:
    """Print one line at once, even into a pipe."""
    print(line, flush=True)


def choose_port(environment: Mapping[str, str], *, remembered: Path) -> int:
    """Return the port in PORT, or the one of the last start if it is free, or a free one.

    Raises StageFailed when PORT is no number or taken.
    """
    wanted = environment.get("PORT")
    if wanted:
        if not wanted.isdigit() or not 0 < int(wanted) <= LAST_PORT:
            message = f'PORT must be a number from 1 to 65535; it is "{wanted}".'
            raise StageFailed(message)
        if _free_port(int(wanted)) is None:
            message = f"Port {wanted} (named in PORT) is taken by another program. Name another, or none."
            raise StageFailed(message)
        return int(wanted)
    last = remembered.read_text(encoding="utf-8") if remembered.is_file() else ""
    port = (_free_port(int(last)) if last.isdigit() else None) or _free_port(0)
    assert port is not None
    remembered.write_text(str(port), encoding="utf-8")
    return port


def _free_port(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def answers(port: int, *, mark: str) -> bool:
    """Return whether our own web process, known by its mark, answers on `port`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/alive/", headers={"Host": "localhost"})
        return connection.getresponse().getheader("X-Run-Mark") == mark
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def web_command(port: int) -> list[str]:
    """One web process with four threads; as many as are wanted are started on the same port, and the kernel shares it.

    Nothing but the supervisor starts one again. Granian's own way of keeping several workers ends them all when one
    dies twice within seconds, and the pages are away until everything has started anew.
    """
    options = {
        "--interface": "wsgi",
        "--host": "127.0.0.1",
        "--port": str(port),
        "--workers": "1",
        "--blocking-threads": "4",
        "--workers-kill-timeout": "10",
    }
    words = [word for option in options.items() for word in option]
    return [sys.executable, "-P", "-m", "granian", *words, "makegood.site.wsgi:application"]


def _worker_command() -> list[str]:
    return [sys.executable, "-P", "-m", "makegood.manage", "work"]
