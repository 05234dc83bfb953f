"""What a browser without a script does on the emergency page."""

from __future__ import annotations

from bs4 import BeautifulSoup
from bs4.element import Tag


def read_form(html: bytes) -> dict[str, str]:
    """The hidden and chosen values of the page's form, as pressing no button would send them."""
    form = _soup(html).select_one("form.flow")
    assert form is not None
    sent = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[type=hidden]")}
    sent |= {str(field["name"]): str(field["value"]) for field in form.select("input[type=radio][checked]")}
    return {name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"}


def buttons(html: bytes) -> dict[str, str]:
    """The red buttons by what they send."""
    return {
        str(button["value"]): button.get_text(" ", strip=True) for button in _soup(html).select("button[name=claim]")
    }


def text_of(html: bytes) -> str:
    """The words of the page, runs of space as one."""
    main: Tag | BeautifulSoup = _soup(html).main or _soup(html)
    return " ".join(main.get_text(" ").split())


def _soup(html: bytes) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")
