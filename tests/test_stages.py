"""Brings the stages that `./run test` runs before the tests into the tests' own summary, which is its last line."""

from __future__ import annotations

import os

from tests.suite import FAILED_STAGES_VARIABLE


def test_stages_before_the_tests_passed() -> None:
    assert os.environ.get(FAILED_STAGES_VARIABLE, "") == ""
