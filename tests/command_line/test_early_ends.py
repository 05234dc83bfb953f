"""However the command ends early, it ends with a status and without a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line.commanding import Command

HEADER = "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by\n"
RATED = ("--policy", "25hoon", "--zone", "Asia/Manila", "--format", "csv")


def start(*arguments: str, **streams: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "makegood.cli", *arguments], stderr=subprocess.PIPE, **streams)


def write_history(path: Path, lines: int) -> None:
    path.write_text(
        HEADER
        + "".join(
            f"i{number},t{number},2026-{number % 12 + 1:02}-10T10:00Z,50,cancelled,teacher\n" for number in range(lines)
        )
    )


def test_reader_that_stops_reading_ends_the_command_quietly(tmp_path: Path) -> None:
    write_history(tmp_path / "history.csv", 5000)
    with start("assess", str(tmp_path / "history.csv"), *RATED, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(timeout=60), process.stderr.read()) == (141, b"")


@pytest.fixture
def in_a_terminal() -> Iterator[None]:
    """Programs started here heed Ctrl-C, also when this run was started in the background, where shells ignore it."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


def test_interrupt_ends_the_command_quietly_and_leaves_no_spool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_a_terminal: None
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with start("assess", "-", *RATED, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(HEADER.encode())
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob("makegood-*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)  # until it waits for more input
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=120)
        said = (process.stdout.read(), process.stderr.read())
    assert (status, said, list(tmp_path.glob("makegood-*"))) == (130, (b"", b""), [])


def test_full_disk_under_the_result_is_one_sentence(tmp_path: Path) -> None:
    write_history(tmp_path / "history.csv", 5000)
    with (
        Path("/dev/full").open("wb") as full,
        start("assess", str(tmp_path / "history.csv"), *RATED, stdout=full.fileno()) as process,
    ):
        assert process.stderr is not None
        assert (process.wait(timeout=60), process.stderr.read()) == (
            2,
            b"The result could not be written: No space left on device.\n",
        )


def test_missing_place_for_the_spool_is_one_sentence(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    ran = command("assess", "-", *RATED, stdin=HEADER.encode())
    assert (ran.status, ran.out, ran.err) == (2, "", "There is no place for temporary files: Permission denied.\n")


@pytest.mark.parametrize(
    ("redirected", "status", "said"),
    [
        (">&-", 2, "The result could not be written: Bad file descriptor.\n"),
        ("2>&-", 0, ""),
        ("2>/dev/full --policy nothing", 2, ""),
        ("2>/dev/full --no-such-option", 2, ""),
    ],
)
def test_closed_or_full_stream_is_no_traceback(tmp_path: Path, redirected: str, status: int, said: str) -> None:
    write_history(tmp_path / "history.csv", 3)
    line = f'"$0" -m makegood.cli assess "$1" {" ".join(RATED)} {redirected}'
    ran = subprocess.run(
        ["sh", "-c", line, sys.executable, str(tmp_path / "history.csv")], capture_output=True, check=False
    )
    assert (ran.returncode, ran.stderr.decode()) == (status, said)


def test_closed_standard_input_is_an_empty_history() -> None:
    line = f'"$0" -m makegood.cli assess - {" ".join(RATED)} <&-'
    ran = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.startswith(b'"-": The file is empty.')
