"""Brings the stages that `./run test` runs before the tests into the tests' own summary, which is its last line."""

from __future__ import annotations

import os

from tests import scheduling
from tests.suite import FAILED_STAGES_VARIABLE, ROOT


def test_stages_before_the_tests_passed() -> None:
    assert os.environ.get(FAILED_STAGES_VARIABLE, "") == ""


def test_what_is_made_once_is_named_by_files_that_exist() -> None:
    assert [file for file in scheduling.MADE_ONCE if not (ROOT / file).is_file()] == []
    assert scheduling.unit_of("tests/door/test_demo.py::test_one") == scheduling.unit_of(
        "tests/door/test_demo.py::a[b]"
    )
    assert scheduling.unit_of("tests/web/test_demo.py::test_one") != scheduling.unit_of(
        "tests/web/test_demo.py::test_two"
    )
    places = {
        scheduling.unit_of(f"tests/guarantees/test_catalog.py::test_one[{place}]")
        for place in ("this run's", "embedded")
    }
    assert len(places) == 2
