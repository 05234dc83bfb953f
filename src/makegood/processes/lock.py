"""One lock per installation; the kernel frees it when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Busy(Exception):
    """Somebody else holds the lock; `holder` is what they wrote about themselves."""

    def __init__(self, holder: dict[str, str]) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def held(path: Path, *, holder: dict[str, str], wait: bool = False) -> Iterator[None]:
    """Hold the lock at `path` and leave `holder` in it for others to read.

    Raises Busy when it is held and `wait` is not asked for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(_read(path)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def find_holder(path: Path) -> dict[str, str] | None:
    """Return what the holder of the lock at `path` wrote about itself, or None when nobody holds it."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(path)
    finally:
        os.close(descriptor)
    return None


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Taken a moment ago and not yet described.
        return {}
    return {str(key): str(value) for key, value in found.items()}
