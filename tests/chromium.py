"""Finds Chromium for the browser tests, installs it where that is possible, or says in one line what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CACHE_PATTERNS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    "chromium_headless_shell-*/chrome-*/headless_shell",
)


class NoChromium(Exception):
    """No Chromium here, and none could be installed; the text is the one line that says what to install."""


def find_or_install(environment: Mapping[str, str]) -> Path:
    """Return a Chromium: named in CHROMIUM, on PATH, in Playwright's cache, or installed now.

    Raises NoChromium.
    """
    found = find(environment)
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run(["apt-get", "update", "-q"], environment)
        # A bare machine has no fonts, and without any the pages have no width to measure.
        packages = ["chromium", "fonts-liberation", "fonts-noto-core"]
        _run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], environment)
    else:
        _run([sys.executable, "-m", "playwright", "install", "chromium"], environment)
    found = find(environment)
    if found is None:
        message = (
            "The browser tests need Chromium. Install it (Debian: sudo apt-get install -y chromium) or name it in "
            "CHROMIUM, then call ./run test again."
        )
        raise NoChromium(message)
    return found


def find(environment: Mapping[str, str]) -> Path | None:
    """Return a Chromium that answers when it is called, or None.

    Raises NoChromium when CHROMIUM names something that is not one.
    """
    named = environment.get("CHROMIUM")
    if named:
        if not _answers(Path(named)):
            message = f"CHROMIUM names {named}, which does not start. Name a Chromium there, or unset it."
            raise NoChromium(message)
        return Path(named)
    on_path = [shutil.which(name, path=environment.get("PATH")) for name in NAMES]
    candidates = [Path(name) for name in on_path if name]
    for folder in _caches(environment):
        candidates += [path for pattern in CACHE_PATTERNS for path in folder.glob(pattern)]
    return next((path for path in candidates if _answers(path)), None)


def _caches(environment: Mapping[str, str]) -> list[Path]:
    home = Path(environment.get("HOME") or "/")
    named = environment.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(named)] if named else []
    return [*folders, home / ".cache" / "ms-playwright", home / "Library" / "Caches" / "ms-playwright"]


def _answers(program: Path) -> bool:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    print(f"Installing Chromium: {' '.join(command)}", flush=True)
    subprocess.run(
        command,
        env={**environment, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
