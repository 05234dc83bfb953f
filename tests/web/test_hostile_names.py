"""Names that run from right to left or change direction stay within themselves on every page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from bs4 import BeautifulSoup, NavigableString
from django.test import Client

from makegood.domain.people.models import Membership, Person
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from tests.believable import Believable
from tests.web.signed_in import sign_in
from tests.web.test_screens import PAGES, address, person_of

pytestmark = pytest.mark.django_db

# An override of direction that is never closed, and Hebrew letters; an import could bring both.
HOSTILE: Final = "\u202eevil \u05d0\u05d1\u05d2"
# What the page's letters cannot flow into: a choice, the title of the window, and what is not shown.
_APART: Final = ("option", "title", "script", "textarea")
MORE_PAGES: Final = {
    "owner/people/": ("owen", 0),
    "owner/people/{tara}/": ("owen", 0),
    "students/": ("tara", 0),
    "desk/calendar/": ("desi", 0),
    "desk/teachers/": ("desi", 0),
    "book/": ("lea", 0),
}


@pytest.fixture
def hostile_world(world: Believable) -> Believable:
    with in_school(world.school.pk):
        members = list(Membership.objects.all())
        for member in members:
            Membership.objects.filter(pk=member.pk).update(display_name=f"{HOSTILE} {member.pk}")
    Person.objects.update(full_name=HOSTILE)
    School.objects.filter(pk=world.school.pk).update(name=HOSTILE)
    return world


def strays(html: str) -> Iterator[str]:
    """Each hostile name that nothing isolates, with what stands around it."""
    for text in BeautifulSoup(html, "html.parser").find_all(string=True):
        if isinstance(text, NavigableString) and "\u202e" in text:
            around = [parent.name for parent in text.parents]
            if "bdi" not in around and not set(_APART) & set(around):
                yield f"{around[:4]}: {text.strip()!r}"


@pytest.mark.parametrize("path", [*PAGES, *MORE_PAGES])
def test_a_hostile_name_stays_within_itself(client: Client, hostile_world: Believable, path: str) -> None:
    code, _statements = {**PAGES, **MORE_PAGES}[path]
    if code:
        sign_in(client, person_of(hostile_world, code))

    url = address(hostile_world, path.replace("{tara}", str(hostile_world.cast.tara.pk)))
    answer = client.get(url, follow=True)

    assert answer.status_code == 200
    assert list(strays(answer.content.decode())) == []


def test_a_stray_name_is_found() -> None:
    html = f"<p>{HOSTILE}</p><p><bdi>{HOSTILE}</bdi></p>"
    assert list(strays(html)) == [f"['p', '[document]']: {HOSTILE!r}"]
