"""The product's own addresses in a text, as links. Everything else in the text stays text."""

from __future__ import annotations

import re
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# What may follow our address. Quotes, angle brackets and spaces end it, and so does every letter beyond ASCII.
_REST: Final = r"/[A-Za-z0-9\-._~%/?#=&+:,]*"
# A sentence goes on, or ends, after the address.
_NOT_LAST: Final = ".,:?"


def link_own(text: str, *, address: str) -> SafeString:
    """The text escaped, with each whole address that starts with `address` and a slash as a link to it.

    `address` is ours, without a slash at its end. Another host, one that only begins like ours (`example.org.evil.net`,
    `example.org@evil.net`), another scheme and an address inside another one are no links: messages hold words that
    people typed.
    """
    parts: list[tuple[SafeString | str]] = []
    last = 0
    for found in re.finditer(rf"(?<![^\s(]){re.escape(address)}{_REST}", text):
        url = found[0].rstrip(_NOT_LAST)
        parts += [(text[last : found.start()],), (format_html('<a href="{0}" dir="ltr">{0}</a>', url),)]
        last = found.start() + len(url)
    return format_html_join("", "{}", [*parts, (text[last:],)])
