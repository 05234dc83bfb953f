"""What a database keeps of a text: everything but NUL and halves of characters."""

from __future__ import annotations


def can_be_stored(text: str) -> bool:
    """Whether the text can be stored. Files and arguments may hold lone surrogates, which are no characters."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
