"""Tokens in links: unguessable, and kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

TOKEN_BYTES: Final = 24  # 192 random bits


def new_token() -> str:
    """A fresh token of 192 random bits, safe in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal. The token is random, so no slow hash is needed."""
    # What is no text at all is no token of ours either, and has a hash that none has.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
