"""The time limits that docs/operations.md promises are those that each process asks of its connections."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from makegood.site.database_urls import connection_settings

DOCUMENT = Path(__file__).parents[1] / "docs" / "operations.md"


def limits_of(process: str, *, pooled: bool = False) -> dict[str, int]:
    """What a connection of the process asks for, in milliseconds."""
    options = connection_settings(url="postgresql://app@host/makegood", process=process, pooled=pooled)["OPTIONS"]
    return {name: int(value) for name, value in re.findall(r"-c (\w+)=(\d+)", options.get("options", ""))}


@pytest.mark.parametrize(
    ("process", "statement", "idle", "said"),
    [
        ("web", 5_000, 10_000, "| web | 5 s | 10 s |"),
        ("worker", 60_000, 10_000, "| worker | 60 s | 10 s |"),
        ("command", 600_000, 0, "| commands | 10 minutes | never"),
        (
            "schema",
            0,
            0,
            "| commands that change the schema (`prepare`, `migrate`, ...) | as long as it takes | never |",
        ),
    ],
)
def test_each_process_has_the_limits_that_are_documented(process: str, statement: int, idle: int, said: str) -> None:
    assert limits_of(process) == {
        "lock_timeout": 2_000,
        "statement_timeout": statement,
        "idle_in_transaction_session_timeout": idle,
    }
    assert said in DOCUMENT.read_text(encoding="utf-8")


def test_behind_a_pooling_proxy_the_role_has_the_limits() -> None:
    assert limits_of("web", pooled=True) == {}
