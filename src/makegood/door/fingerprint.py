"""Tells whether anything changed that `manage prepare` would act on, so that the second start can skip it."""

from __future__ import annotations

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
# What prepare reads: tables, translations, style sheets, and the lock that brings other packages' tables.
PREPARED_PATTERNS = ("migrations/**/*", "locale/**/*.po", "web/static/**/*", "site/settings.py")
LOCK = PACKAGE.parents[1] / "requirements" / "app.txt"


def of_prepared_files() -> str:
    """Return a digest of the names, sizes and times of those files."""
    digest = hashlib.sha256()
    files = [path for pattern in PREPARED_PATTERNS for path in PACKAGE.glob(pattern) if path.is_file()]
    for path in [*sorted(files), *([LOCK] if LOCK.is_file() else [])]:
        if path.suffix != ".pyc":
            entry = path.stat()
            digest.update(f"{path}:{entry.st_size}:{entry.st_mtime_ns}\n".encode())
    return digest.hexdigest()
