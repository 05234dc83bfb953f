"""A small set of line icons on a 24-unit grid, drawn for this product."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_DRAWINGS: Final = {
    "alert": '<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.2v.1"/>',
    "bell": '<path d="M6.5 16v-5a5.5 5.5 0 0 1 11 0v5l1.5 2H5zM10 21h4"/>',
    "bolt": '<path d="M13 3 5 14h6l-1 7 8-11h-6z"/>',
    "calendar": '<rect x="4" y="5" width="16" height="15" rx="2"/><path d="M4 10h16M8 3v4M16 3v4"/>',
    "chart": '<path d="M4 20V4M4 20h16M8 16v-4M12.5 16V8M17 16v-6"/>',
    "chat": '<path d="M4 5h16v11H10l-5 4v-4H4z"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
    "close": '<path d="M6 6l12 12M18 6 6 18"/>',
    "coins": '<circle cx="9" cy="9" r="5.5"/><path d="M14.2 7.2A5.5 5.5 0 1 1 9.5 15"/>',
    "doc": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
    "gear": '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1'
    'M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c3 2.6 3 14.4 0 17'
    'M12 3.5c-3 2.6-3 14.4 0 17"/>',
    "help": '<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8'
    'M12 16.6v.1"/>',
    "home": '<path d="M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z"/>',
    "inbox": '<path d="M4 13 6.5 5h11L20 13v6H4zM4 13h5l1 2.5h4l1-2.5h5"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 7.8v.1"/>',
    "mail": '<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><path d="m4 7 8 6 8-6"/>',
    "more": '<path d="M5 12h.1M12 12h.1M19 12h.1" stroke-width="3"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M3 20c0-3.5 2.7-5.5 6-5.5s6 2 6 5.5M16 5a3.5 3.5 0 0 1 0 6.6'
    'M18 15c2 .8 3 2.6 3 5"/>',
    "phone": '<path d="M6 3.5h3l1.5 4-2 1.5a12 12 0 0 0 6.5 6.5l1.5-2'
    ' 4 1.5v3a2 2 0 0 1-2 2C11 20 4 13 4 5.5a2 2 0 0 1 2-2z"/>',
    "previous": '<path d="m15 5-7 7 7 7"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4v-6.5A1.5 1.5 0 0 1 5.5 9h13a1.5 1.5 0 0 1 1.5 1.5V17h-3M7 14h10v6H7z"/>',
    "scales": '<path d="M12 4v16M7 20h10M4 8h16M4 8l-2 6h5zM20 8l-2.5 6H22z"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
    "shield": '<path d="M12 3.5 5 6v6c0 4.2 3 7 7 8.5 4-1.5 7-4.3 7-8.5V6z"/>',
    "sign-out": '<path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9"/>',
    "upload": '<path d="M12 16V5M7.5 9.5 12 5l4.5 4.5M5 19.5h14"/>',
    "video": '<rect x="3.5" y="6.5" width="12" height="11" rx="2"/><path d="m15.5 11 5-3v8l-5-3z"/>',
}
# These point along the line of reading, so they turn round in a right-to-left page.
_DIRECTED: Final = frozenset({"next", "previous", "sign-out"})


def names() -> tuple[str, ...]:
    """All icons there are."""
    return tuple(_DRAWINGS)


@lru_cache(maxsize=256)
def draw(name: str, *, size: int = 20) -> SafeString:
    """The icon as inline SVG, hidden from assistive technology: the words beside it say what it means.

    `size` is in CSS pixels. Raises LookupError for a name that does not exist.
    """
    if name not in _DRAWINGS:
        raise LookupError(f"there is no icon {name!r}; there are {', '.join(_DRAWINGS)}")
    directed = mark_safe(' class="turns"') if name in _DIRECTED else ""
    return format_html(
        '<svg{} width="{}" height="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        directed,
        size,
        size,
        mark_safe(_DRAWINGS[name]),  # noqa: S308  # our own drawings
    )
