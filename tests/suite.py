"""`./run test` and `./run check`: every stage in order, its time, and the tests last, so that their summary stays last.

Nothing is skipped silently: what a stage needs and cannot get ends the run with one line that says what to install.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from makegood.wording import catalogs
from tests import chromium, databases

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
TOOLS = Path(PYTHON).parent
# The folders whose tests need neither a database nor a browser nor minutes.
FAST = ("quantities", "rules", "presets", "simulation", "wording", "test_house.py", "test_stages.py")
# Names the stages that failed; a test reads it, so that the summary of the tests is the whole verdict.
FAILED_STAGES_VARIABLE = "MAKEGOOD_FAILED_STAGES"


def main(words: Sequence[str]) -> int:
    """Run `check` or `test` (the first word) and return the exit status."""
    options, for_pytest = _read(words)
    catalogs.compile_changed()
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    failed = [name for name, command in static_stages().items() if not _stage(name, command, environment)]
    if failed:
        environment[FAILED_STAGES_VARIABLE] = " ".join(failed)
        print(f"Failed so far: {', '.join(failed)} (see above).", flush=True)
    if options.command == "check":
        # Fewer random examples than in `test`, for an answer within a minute.
        environment.setdefault("MAKEGOOD_EXAMPLES", "50")
        status = _pytest(environment, _fast_tests(), "fast tests", for_pytest)
    else:
        status = _everything(environment, options.postgres, for_pytest)
    return 1 if failed else status


def static_stages() -> dict[str, list[str]]:
    """Return the stages that only read the code: name and command."""
    templates = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("templates/**/*.html"))
    stages = {
        "format": [str(TOOLS / "ruff"), "format", "--check", "--quiet", "."],
        "lint": [str(TOOLS / "ruff"), "check", "--quiet", "."],
        "types": [PYTHON, "-m", "mypy"],
        "contracts": [str(TOOLS / "lint-imports")],
    }
    if templates:
        stages["templates"] = [str(TOOLS / "djade"), "--check", *templates]
    return stages


def _read(words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="./run", add_help=False, allow_abbrev=False)
    parser.add_argument("command", choices=["check", "test"])
    parser.add_argument("--postgres", choices=["system", "embedded"])
    return parser.parse_known_args(words)


def _stage(name: str, command: list[str], environment: Mapping[str, str]) -> bool:
    """Run one stage quietly; its words are shown when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<12} {verdict:<7} {time.monotonic() - began:6.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout.decode(errors="replace"), flush=True)
    return done.returncode == 0


def _everything(environment: dict[str, str], postgres: str | None, for_pytest: list[str]) -> int:
    began = time.monotonic()
    try:
        environment["CHROMIUM"] = str(chromium.find_or_install(environment))
    except chromium.NoChromium as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"{'browser':<12} ok      {time.monotonic() - began:6.1f} s  {environment['CHROMIUM']}", flush=True)
    if postgres:
        environment[databases.ORIGIN_VARIABLE] = postgres
    began = time.monotonic()
    with databases.running_cluster(environment) as superuser_dsn:
        version = databases.version(superuser_dsn)
        print(f"{'postgresql':<12} ok      {time.monotonic() - began:6.1f} s  {version}", flush=True)
        environment[databases.CLUSTER_VARIABLE] = superuser_dsn
        if databases.is_embedded(environment):
            environment[databases.EMBEDDED_VARIABLE] = superuser_dsn
        with databases.running_embedded_cluster(environment) as embedded_dsn:
            environment[databases.EMBEDDED_VARIABLE] = embedded_dsn
            # Two at a time, each with a database of its own; a caller's own `-n` comes later and wins. Three were no
            # faster on two processors (797 s and 795 s). tests/scheduling.py says who gets which.
            return _pytest(environment, ["-n", "2"], "all tests", for_pytest)


def _fast_tests() -> list[str]:
    return [f"tests/{name}" for name in FAST if (ROOT / "tests" / name).exists()]


def _pytest(environment: Mapping[str, str], words: list[str], name: str, further: list[str]) -> int:
    print(f"{name} ...", flush=True)
    # The order is random; whoever wants this one again gives the number.
    seed = random.SystemRandom().randrange(2**32)
    print(f"order        --randomly-seed={seed}", flush=True)
    command = [PYTHON, "-m", "pytest", "-q", f"--randomly-seed={seed}", *words, *further]
    return subprocess.run(command, cwd=ROOT, env=dict(environment), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
