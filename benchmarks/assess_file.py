"""How long `makegood assess` takes for a large history, CSV to CSV, and how much memory it needs.

Run with `python benchmarks/assess_file.py`. It generates the history (the same every time), runs the command as a user
would, measures wall and processor time and the peak memory of the command with all its workers, prints a table and
writes a JSON file.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

COLUMNS = [
    "incident",
    "teacher",
    "lesson_starts_at",
    "lesson_minutes",
    "kind",
    "requested_by",
    "reported_at",
    "taught_minutes",
    "reason",
    "decision",
    "lesson_type",
]
START = datetime(2026, 1, 5, tzinfo=UTC)
INCIDENTS_PER_TEACHER = 40
TARGET_SECONDS = 90
TARGET_MEBIBYTES = 1500


def main() -> None:
    """Measure and report."""
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="makegood-benchmark-") as name:
        history = Path(name) / "history.csv"
        write_history(history, arguments.incidents)
        runs = [measure(history, Path(name) / "result.csv", arguments) for _round in range(arguments.rounds)]
        size_mebibytes = round(history.stat().st_size / 2**20, 1)
    result = {
        "incidents": arguments.incidents,
        "file_mebibytes": size_mebibytes,
        "policy": arguments.policy,
        "processors": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "runs": runs,
        "target": {"wall_seconds": TARGET_SECONDS, "peak_mebibytes": TARGET_MEBIBYTES},
    }
    print_table(result)
    Path(arguments.output).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def read_arguments() -> argparse.Namespace:
    """The options; the defaults are the target's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--policy", default="25hoon")
    parser.add_argument("--zone", default="Asia/Manila")
    parser.add_argument("--output", default="assess_file.json")
    return parser.parse_args()


def write_history(path: Path, incidents: int) -> None:
    """A year of invented incidents in any order, 40 per teacher, all kinds, some decided, no lesson start twice."""
    chance = random.Random(20261122)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        teachers = max(1, incidents // INCIDENTS_PER_TEACHER)
        numbers = list(range(incidents))
        chance.shuffle(numbers)
        writer.writerows(invent(number, teachers, chance) for number in numbers)


def invent(number: int, teachers: int, chance: random.Random) -> tuple[str, ...]:
    """One line; the lesson's half hour follows from its number, so a teacher never has two at once."""
    place = number // teachers
    starts_at = START + timedelta(
        days=9 * place + chance.randrange(8), hours=chance.randrange(24), minutes=30 * (place % 2)
    )
    kind = chance.choices(("cancelled", "rescheduled", "no_show", "cut_short", "late"), (70, 10, 8, 7, 5))[0]
    requested_by = chance.choices(("teacher", "student", "company", "platform"), (80, 16, 2, 2))[0]
    reported_at = starts_at - timedelta(minutes=chance.choice((4000, 1500, 300, 90, 60, 45, 10, -5, -40)))
    decision = chance.choices(("", "upheld", "reduced", "waived", "voided"), (80, 8, 4, 6, 2))[0]
    return (
        f"i{number:07}",
        f"t{number % teachers:05}",
        starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "50",
        kind,
        requested_by,
        "" if kind == "no_show" and chance.random() < 0.5 else reported_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        str(chance.choice((5, 15, 25))) if kind == "cut_short" else "",
        chance.choice(("power_outage", "medical_self", "internet_outage", "")),
        decision,
        "regular",
    )


def measure(history: Path, result: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """Run the command once; memory is the sum over its processes, sampled, and the largest single process, exactly."""
    command = [sys.executable, "-m", "makegood.cli", "assess", str(history), "--policy", arguments.policy]
    command += ["--zone", arguments.zone, "--format", "csv"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with result.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream)
        sampler = MemorySampler(process.pid)
        sampler.start()
        status = process.wait()
    wall_seconds = time.perf_counter() - started
    sampler.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status != 0:
        raise SystemExit(f"makegood assess ended with status {status}")
    return {
        "wall_seconds": round(wall_seconds, 2),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "peak_mebibytes": round(max(sampler.peak_kibibytes, after.ru_maxrss) / 1024, 1),
        "largest_process_mebibytes": round(after.ru_maxrss / 1024, 1),
        "result_lines": sum(1 for _line in result.open("rb")),
    }


class MemorySampler(threading.Thread):
    """Sums the resident memory of a process and its children 20 times a second (Linux; elsewhere it stays 0)."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.peak_kibibytes = 0
        self._root = root
        self._done = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._done.wait(0.05):
            self.peak_kibibytes = max(self.peak_kibibytes, sum(map(resident_kibibytes, family(self._root))))

    def stop(self) -> None:
        """End sampling."""
        self._done.set()
        self.join()


def family(root: int) -> list[int]:
    """The process and its children, as far as they still live."""
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text(encoding="ascii").split()
    except OSError:
        return [root]
    return [root, *(member for child in children for member in family(int(child)))]


def resident_kibibytes(pid: int) -> int:
    """Resident memory now; shared pages count for each process, so the sum errs on the high side."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def print_table(result: dict[str, object]) -> None:
    """The runs, one per line."""
    print(f"{result['incidents']:,} incidents, {result['file_mebibytes']} MiB, {result['processors']} processors")
    runs = result["runs"]
    assert isinstance(runs, list)
    heads = list(runs[0])
    print("  ".join(heads))
    for run in runs:
        print("  ".join(str(run[head]).rjust(len(head)) for head in heads))
    print(f"target: {TARGET_SECONDS} s and {TARGET_MEBIBYTES} MiB on two processors")


if __name__ == "__main__":
    main()
