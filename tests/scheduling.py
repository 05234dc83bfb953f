"""Which of the workers of a run gets which tests, where there are several."""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadScopeScheduling

GUARANTEES: Final = "tests/guarantees/"
# Files whose tests share something that takes many seconds to make.
MADE_ONCE: Final = (
    "tests/demo/test_loader.py",
    "tests/demo/test_open_days.py",
    "tests/door/test_demo.py",
    "tests/management/test_audit.py",
)


class MadeOnceScheduling(LoadScopeScheduling):
    """What is made once for many tests is made by one worker, first; each other test goes to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """The tests that one worker runs together: by their file, or by the PostgreSQL whose schools they attack."""
    file = nodeid.partition("::")[0]
    if file.startswith(GUARANTEES):
        return f"{GUARANTEES} embedded" if "[embedded" in nodeid else GUARANTEES
    return file if file in MADE_ONCE else nodeid
