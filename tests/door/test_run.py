"""The script `./run` itself: what it says before anything is set up."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from makegood.door.demo import StageFailed, choose_port

ROOT = Path(__file__).resolve().parents[2]


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "run", *words], capture_output=True, text=True, check=False, cwd="/")


def test_unknown_command_lists_the_known_ones_and_has_status_two() -> None:
    done = _run("tset")

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == './run knows no command "tset". It knows:'


def test_help_needs_nothing_installed() -> None:
    done = subprocess.run(
        [ROOT / "run", "help"], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("./run                 start the demo")


def test_script_is_read_by_a_plain_shell() -> None:
    done = subprocess.run(["/bin/sh", "-n", ROOT / "run"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_compiled_code_is_kept_with_the_environment_whatever_the_surroundings_say(tmp_path: Path) -> None:
    """With a set-up environment whose Python says what it was given."""
    shutil.copy(ROOT / "run", tmp_path)
    python, lock = tmp_path / ".venv" / "bin" / "python", tmp_path / "requirements" / "test.txt"
    for path, text in {
        python: '#!/bin/sh\necho "${PYTHONPYCACHEPREFIX-} ${PYTHONDONTWRITEBYTECODE-unset}"\n',
        lock: "",
    }.items():
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    python.chmod(0o755)
    found = (ROOT / ".venv" / "makegood-stamp").read_text(encoding="utf-8").splitlines()[-1]
    stamp = f"test 4294967295 0\n{tmp_path}\n{found}\n"
    (tmp_path / ".venv" / "makegood-stamp").write_text(stamp, encoding="utf-8")

    done = subprocess.run(
        [tmp_path / "run", "makegood"], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip

    assert (done.stdout, done.stderr) == (f"{tmp_path}/.venv/compiled unset\n", "")


@pytest.mark.parametrize("wrong", ["http", "0", "65536", "-1"])
def test_wrong_port_is_named(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(StageFailed, match=f'PORT must be a number from 1 to 65535; it is "{wrong}".'):
        choose_port({"PORT": wrong}, remembered=tmp_path / "port")


def test_port_is_kept_over_starts(tmp_path: Path) -> None:
    first = choose_port({}, remembered=tmp_path / "port")

    assert choose_port({}, remembered=tmp_path / "port") == first
