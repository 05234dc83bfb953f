"""Short references of cases, easy to read aloud."""

from __future__ import annotations

import secrets
from typing import Final

# No O, 0, I or 1: they are taken for each other when read aloud or typed.
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH: Final = 7


def make_reference() -> str:
    """A random reference such as `7KQM-4TX`: 32^7 of them, about 34 thousand million per school."""
    number = secrets.randbits(5 * LENGTH)
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"
