"""Addresses of pages that a list names many times. Django looks each up in all patterns; here only the first time."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.urls import reverse

# No lesson has it, and no slug of a school is a number.
_STAND_IN: Final = 0


@lru_cache(maxsize=4096)
def school_address(name: str, *, school: str) -> str:
    """The page `name` of a school. Raises NoReverseMatch."""
    return reverse(name, kwargs={"school": school})


def lesson_address(name: str, *, school: str, lesson_id: int) -> str:
    """The page `name` about one lesson of a school."""
    return _of_stand_in(name, school).replace(f"/{_STAND_IN}/", f"/{lesson_id}/")


@lru_cache(maxsize=4096)
def _of_stand_in(name: str, school: str) -> str:
    return reverse(name, kwargs={"school": school, "lesson_id": _STAND_IN})
