"""How long `manage import_history` takes for a large file, on both sides of the connection.

Run with `./run bench import_history`. It makes a fresh PostgreSQL cluster (fsync on) and a school with the
product's own commands, generates a history (the same every time), and runs the commands as somebody at a terminal
would: a dry run, the import, which begins with a dry run of its own, the same import again, and the audit of the books.

On a shared machine wall time says more about the neighbors than about the import. So the processor time of the
command and of every process of the server is measured beside it, and so is the peak memory of both. It prints a table
and writes a JSON file.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from makegood.postgres import account, binaries, roles
from makegood.postgres.cluster import Cluster, start_cluster

COLUMNS = (
    "incident", "teacher", "lesson_starts_at", "lesson_minutes", "kind", "requested_by", "reported_at",
    "taught_minutes", "reason", "decision", "lesson_type", "booked_at",
)  # fmt: skip
FROM = datetime(2025, 1, 6, tzinfo=UTC)
DAYS = 400
DATABASE = "makegood"
TARGET_WALL_SECONDS = 60
TARGET_PROCESSOR_SECONDS = 40
TARGET_MEBIBYTES = 1024
KINDS = (("cancelled", 66), ("rescheduled", 10), ("no_show", 10), ("cut_short", 8), ("late", 6))
REQUESTERS = (("teacher", 80), ("student", 14), ("company", 3), ("platform", 3))
DECISIONS = (("", 78), ("upheld", 8), ("reduced", 5), ("waived", 6), ("voided", 3))
# Minutes from report to lesson start, around every mark of the policies.
NOTICES = (4000, 1441, 1440, 1439, 300, 61, 60, 59, 10, 1, 0, -10, -49, -50, -51, -90)


def main() -> None:
    """Measure and report; ends with 1 when a command failed or the audit found something."""
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="makegood-benchmark-") as name:
        history = Path(name) / "history.csv"
        write_history(history, arguments)
        with fresh_installation(Path(name), arguments) as installation:
            steps = ["dry run", "import", "again"]
            runs = [{"step": step} | installation.import_file(history, step=step) for step in steps]
            runs.append({"step": "audit"} | installation.measure("audit"))
            server = installation.cluster.binaries.version
        size_mebibytes = round(history.stat().st_size / 2**20, 1)
    result = {
        "incidents": arguments.incidents,
        "teachers": arguments.teachers,
        "file_mebibytes": size_mebibytes,
        "preset": arguments.preset,
        "processors": len(os.sched_getaffinity(0)),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "postgresql": server,
        "runs": runs,
        "target": {
            "wall_seconds": TARGET_WALL_SECONDS,
            "processor_seconds": TARGET_PROCESSOR_SECONDS,
            "peak_mebibytes": TARGET_MEBIBYTES,
        },
    }
    print_table(result)
    Path(arguments.output).parent.mkdir(parents=True, exist_ok=True)
    Path(arguments.output).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    sys.exit(1 if any(run["status"] for run in runs) else 0)


def read_arguments() -> argparse.Namespace:
    """The options; the defaults are the target's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--teachers", type=int, default=1000)
    parser.add_argument("--preset", default="25hoon")
    parser.add_argument("--zone", default="Asia/Manila")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--postgres", choices=("system", "embedded"), help="which PostgreSQL; default: the first found")
    parser.add_argument("--output", default="artifacts/import_history.json")
    return parser.parse_args()


def write_history(path: Path, arguments: argparse.Namespace) -> None:
    """Thirteen months of invented incidents in any order; all kinds, some decided; voided ones done over."""
    chance = random.Random(arguments.seed)
    numbers = list(range(arguments.incidents))
    chance.shuffle(numbers)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(invent(number, arguments, chance) for number in numbers)


def invent(number: int, arguments: argparse.Namespace, chance: random.Random) -> tuple[str, ...]:
    """One line. A teacher's lessons share the time among them, so that no two of them overlap."""
    teacher, place = number % arguments.teachers, number // arguments.teachers
    per_teacher = -(-arguments.incidents // arguments.teachers)
    slot_minutes = DAYS * 1440 // per_teacher
    minutes = min(50, slot_minutes)
    spare = max(0, slot_minutes - minutes)
    starts_at = FROM + timedelta(minutes=place * slot_minutes + chance.randrange(spare + 1))
    kind = choose(KINDS, chance)
    is_silent = kind == "no_show" and chance.random() < 0.6
    reported_at = starts_at - timedelta(minutes=chance.choice(NOTICES))
    booked_at = starts_at - timedelta(days=chance.randrange(1, 60))
    return (
        f"i{number:07}",
        f"t{teacher:05}",
        write_instant(starts_at),
        str(minutes),
        kind,
        choose(REQUESTERS, chance),
        "" if is_silent else write_instant(reported_at),
        str(min(minutes, chance.choice((0, 5, 19, 20, 45)))) if kind == "cut_short" else "",
        chance.choice(("power_outage", "medical_self", "internet_outage", "", "")),
        choose(DECISIONS, chance),
        "meet_your_teacher" if chance.random() < 0.05 else "regular",
        write_instant(booked_at),
    )


def choose(weighted: tuple[tuple[str, int], ...], chance: random.Random) -> str:
    """One of the values, as often as its weight says."""
    return chance.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]


def write_instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A cluster of its own and the environment in which the product's commands find it."""

    cluster: Cluster
    environment: dict[str, str]

    def import_file(self, history: Path, *, step: str) -> dict[str, float]:
        """A dry run, or the import itself."""
        words = ["import_history", str(history), "--school", "benchmark"]
        return self.measure(*words, *([] if step == "dry run" else ["--create-teachers", "--yes"]))

    def measure(self, *words: str) -> dict[str, float]:
        """Run one management command and say what it cost; its own words go to standard error if it fails."""
        server_before = processor_seconds_of_server(self.cluster.pid)
        started = time.perf_counter()
        process = self.start(*words)
        sampler = MemorySampler(self.cluster.pid)
        sampler.start()
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall_seconds = time.perf_counter() - started
        sampler.stop()
        # The session's own process needs a moment to end, and counts as the server's only then.
        time.sleep(0.5)
        if status != 0:
            sys.stderr.write(said.decode(errors="replace"))
        client_seconds = usage.ru_utime + usage.ru_stime
        server_seconds = processor_seconds_of_server(self.cluster.pid) - server_before
        return {
            "wall_seconds": round(wall_seconds, 1),
            "client_seconds": round(client_seconds, 1),
            "server_seconds": round(server_seconds, 1),
            "processor_seconds": round(client_seconds + server_seconds, 1),
            "client_mebibytes": round(usage.ru_maxrss / 1024),
            "server_mebibytes": round(sampler.peak_kibibytes / 1024),
            "status": os.waitstatus_to_exitcode(status),
        }

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start one management command."""
        command = [sys.executable, "-P", "-m", "makegood.manage", *words]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *words: str) -> None:
        """Run one management command that is not measured. Raises SystemExit when it fails."""
        if self.measure(*words)["status"]:
            raise SystemExit(f"manage {words[0]} failed")


@contextmanager
def fresh_installation(directory: Path, arguments: argparse.Namespace) -> Iterator[Installation]:
    """A new cluster with the product's tables and one school whose policy covers the history."""
    place = Path(tempfile.mkdtemp(prefix="makegood-benchmark-server-"))
    account.give(place, account.find())
    passwords = {role: secrets.token_urlsafe(24) for role in roles.ALL}
    cluster = start_cluster(
        place / "data",
        binaries=binaries.find(environment=os.environ, origin=arguments.postgres),
        password=secrets.token_urlsafe(24),
        log=directory / "postgres.log",
    )
    try:
        roles.provision(superuser_dsn=cluster.dsn(), passwords=passwords)
        roles.provision_database(superuser_dsn=cluster.dsn(), database=DATABASE)
        app, owner, auditor = (
            cluster.dsn(database=DATABASE, role=role, password=passwords[role])
            for role in (roles.APP, roles.OWNER, roles.AUDITOR)
        )
        installation = Installation(
            cluster=cluster,
            environment={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "makegood.site.settings",
                "MAKEGOOD_SECRET_KEY": secrets.token_urlsafe(64),
                "MAKEGOOD_STATE_DIRECTORY": str(directory),
                "DATABASE_URL": app,
                "DATABASE_OWNER_URL": owner,
                "DATABASE_AUDIT_URL": auditor,
            },
        )
        installation.run("migrate", "--verbosity", "0")
        installation.run(
            "create_school", "benchmark", "--name", "Benchmark", "--zone", arguments.zone, "--owner",
            "owen@example.com", "--desk-email", "desk@example.com", "--desk-phone", "+1 555 0100", "--support-email",
            "support@example.com", "--preset", arguments.preset, "--policy-from", "2024-12",
        )  # fmt: skip
        yield installation
    finally:
        cluster.stop()
        shutil.rmtree(place)


def processor_seconds_of_server(postmaster: int) -> float:
    """User and system time of the server's first process, of its children, and of those that have ended."""
    ticks = sum(int(word) for word in read_times(postmaster)[:4])
    ticks += sum(int(word) for child in children_of(postmaster) for word in read_times(child)[:2])
    return ticks / os.sysconf("SC_CLK_TCK")


def read_times(pid: int) -> list[str]:
    """utime, stime, cutime and cstime of a process in clock ticks; nothing when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()[11:15]


def children_of(pid: int) -> list[int]:
    """The processes it started that still live."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


class MemorySampler(threading.Thread):
    """The largest memory of its own that any session of the server had, sampled ten times a second."""

    def __init__(self, postmaster: int) -> None:
        super().__init__(daemon=True)
        self.peak_kibibytes = 0
        self._postmaster = postmaster
        self._done = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._done.wait(0.1):
            found = [own_kibibytes(child) for child in children_of(self._postmaster)]
            self.peak_kibibytes = max(self.peak_kibibytes, *found)

    def stop(self) -> None:
        """End sampling."""
        self._done.set()
        self.join()


def own_kibibytes(pid: int) -> int:
    """Resident memory that is not shared with the server's other processes."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def print_table(result: dict[str, object]) -> None:
    """The steps, one per line."""
    print(
        f"{result['incidents']:,} incidents of {result['teachers']:,} teachers, {result['file_mebibytes']} MiB, "
        f"{result['preset']}, PostgreSQL {result['postgresql']}, {result['processors']} processors, "
        f"load {result['load_average']}"
    )
    runs = result["runs"]
    assert isinstance(runs, list)
    heads = list(runs[0])
    print("  ".join(heads))
    for run in runs:
        print("  ".join(str(run[head]).rjust(len(head)) for head in heads))
    print(
        f"target for the import: {TARGET_WALL_SECONDS} s on two free processors, "
        f"{TARGET_PROCESSOR_SECONDS} processor seconds, {TARGET_MEBIBYTES} MiB"
    )


if __name__ == "__main__":
    main()
