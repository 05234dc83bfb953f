"""What a browser shows and sends on the lists of messages in the app."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from django.test import Client

STAFF_LIST = "/marigold/staff/messages/"


def soup_of(client: Client, path: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path).content, "html.parser")


def shown_messages(client: Client, path: str = STAFF_LIST) -> list[Tag]:
    """The messages of the page, newest first."""
    return list(soup_of(client, path).select(".notice"))


def subjects(client: Client, path: str = STAFF_LIST) -> list[str]:
    return [str(one.select_one("strong bdi").string) for one in shown_messages(client, path)]  # type: ignore[union-attr]


def count_unread(client: Client, path: str = STAFF_LIST) -> int:
    return len([one for one in shown_messages(client, path) if "unread" in one["class"]])


def sent_by(client: Client, path: str, action: str) -> dict[str, str]:
    """What the button sends that marks the messages of the page as read."""
    fields = soup_of(client, path).select(f"form[action$='{action}'] input[type=hidden]")
    return {str(field["name"]): str(field["value"]) for field in fields}


def mark_as_read(client: Client, path: str = STAFF_LIST) -> None:
    sent = sent_by(client, path, f"{path}read/")
    assert client.post(f"{path}read/", sent).status_code == 302


def counted(client: Client, page: str, messages: str = STAFF_LIST) -> str:
    """What the sections around a page say of the messages."""
    (link,) = soup_of(client, page).select(f".side a[href='{messages}']")
    return " ".join(link.get_text().split())
