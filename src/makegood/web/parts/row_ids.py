"""The id of a row in a form: a number that the database can have."""

from __future__ import annotations

from typing import Any, Final

from django import forms

LARGEST_ID: Final = 2**63 - 1


def id_field(**named: Any) -> forms.IntegerField:
    """The field of a form for the id of a row; whether there is such a row, the view finds out."""
    return forms.IntegerField(min_value=1, max_value=LARGEST_ID, **named)
