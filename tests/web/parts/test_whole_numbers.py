"""A number that somebody types is refused in words of ours, which name its limits."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
from django import forms

import makegood.web
from makegood.web.parts.whole_numbers import whole_number

# Chosen from a list that the page makes, and never typed.
CHOSEN = ("FilterForm", "teacher")


def forms_of_the_product() -> Iterator[type[forms.BaseForm]]:
    for found in pkgutil.walk_packages(makegood.web.__path__, "makegood.web."):
        import_module(found.name)
    waiting = [forms.BaseForm]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.startswith("makegood."):
            yield one


def test_no_field_that_somebody_types_a_number_into_says_the_frameworks_words() -> None:
    found = [
        f"{form.__qualname__}.{name}: {code}"
        for form in forms_of_the_product()
        for name, field in getattr(form, "base_fields", {}).items()
        # What has no name of its own stands in an address or a hidden field.
        if isinstance(field, forms.IntegerField | forms.DecimalField) and field.label is not None
        if (form.__name__, name) != CHOSEN
        for code, limit in (("min_value", field.min_value), ("max_value", field.max_value))
        if limit is not None and code not in field.error_messages
    ]

    assert found == []


@pytest.mark.parametrize("typed", ["", "0", "101", "1.5", "many"])
def test_what_is_no_whole_number_within_the_limits_hears_which_they_are(typed: str) -> None:
    field = whole_number(label="Credits", least=1, most=100, hint="They count.")

    with pytest.raises(forms.ValidationError, match=r"^\['Type a whole number from 1 to 100\.'\]$"):
        field.clean(typed)
    assert (str(field.help_text), field.clean("1"), field.clean("100")) == ("From 1 to 100. They count.", 1, 100)
