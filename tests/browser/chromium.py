"""Finds a browser to test with."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
MISSING = (
    "No Chromium found: run `apt-get install chromium` as root, or set CHROMIUM to the path of a Chromium or Chrome."
)


def find() -> str | None:
    """The path of a Chromium: $CHROMIUM, then PATH, then what Playwright once downloaded; None when there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    for name in NAMES:
        if found := shutil.which(name):
            return found
    downloads = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    built = sorted(downloads.glob("chromium-*/chrome-linux*/chrome")) + sorted(
        downloads.glob("chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium")
    )
    return str(built[-1]) if built else None
