"""Finds text that no translator could reach, in a page rendered in a pseudo-language."""

from __future__ import annotations

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import Comment, Doctype

from makegood.wording.pseudo import CLOSE, OPEN

# What people typed, and what the formatting tags write, is not for translators.
_EXEMPT = ("script", "style", "bdi", "time", "svg", "noscript")
_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "aria-description", "content")


def find_hard_coded_text(html: str) -> list[str]:
    """Visible text and spoken labels outside every `⟦…⟧`; content marked `translate="no"` or `<bdi>` is left out."""
    page = BeautifulSoup(html, "html.parser")
    return _texts(page) + _labels(page)


def assert_no_hard_coded_text(html: str) -> None:
    """Fail with each text of the page that was not translated."""
    found = find_hard_coded_text(html)
    assert found == [], "not translatable: " + " | ".join(found)


def _texts(page: BeautifulSoup) -> list[str]:
    found = []
    depth = 0
    for node in page.descendants:
        if not isinstance(node, NavigableString) or isinstance(node, Comment | Doctype) or _is_exempt(node):
            continue
        outside = ""
        for sign in _said(node):
            depth += (sign == OPEN) - (sign == CLOSE)
            outside += sign if depth == 0 and sign != CLOSE else ""
        if any(sign.isalpha() for sign in outside):
            found.append(outside.strip())
    return found if depth == 0 else [*found, "a translated text was cut off"]


def _said(node: NavigableString) -> str:
    # A title cannot mark its parts: after the page's name comes the school's.
    is_title = node.parent is not None and node.parent.name == "title"
    return str(node).split(" - ")[0] if is_title else str(node)


def _labels(page: BeautifulSoup) -> list[str]:
    found = []
    for element in page.find_all(True):
        for name in _ATTRIBUTES:
            value = element.get(name)
            if not isinstance(value, str) or (element.name == "meta" and name == "content") or _is_exempt(element):
                continue
            if any(sign.isalpha() for sign in value) and not (
                value.startswith(OPEN) and value.rstrip().endswith(CLOSE)
            ):
                found.append(f"{name}={value}")
    return found


def _is_exempt(node: NavigableString | Tag) -> bool:
    own = [node] if isinstance(node, Tag) else []
    return any(tag.name in _EXEMPT or tag.get("translate") == "no" for tag in [*own, *node.parents])
