"""Compiles translations without gettext's own tools, which a fresh machine does not have."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parent.parent / "locale"


def compile_changed(locales: Path = LOCALES) -> int:
    """Compile each catalog that is newer than its compiled form; return how many that were."""
    count = 0
    for source in sorted(locales.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        unfinished = compiled.with_suffix(f".{os.getpid()}.unfinished")
        with source.open("rb") as text, unfinished.open("wb") as binary:
            write_mo(binary, read_po(text))
        unfinished.rename(compiled)
        count += 1
    return count
