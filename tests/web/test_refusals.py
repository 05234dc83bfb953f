"""Whatever a verb refuses comes back as a page: every form of every face is sent as its page shows it.

Method: each page is opened as each member who may, and each of its forms is filled in and sent, once with a refusal in
the place of the verb that no face has heard of, and once with each that the face's own module names.
"""

from __future__ import annotations

import inspect
import logging
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NoReturn
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import ResolverMatch, path, resolve, reverse

from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.people.models import Role
from makegood.refusal import Refusal
from makegood.site.urls import *  # noqa: F403 - this module stands in for the addresses, with some more
from makegood.site.urls import urlpatterns as real_addresses
from makegood.web import access
from tests.schools import make_cast
from tests.web.access_table import DESI, OWEN, OWN, RHEA, SAM, SAME_SCHOOL, TABLE, TARA
from tests.web.access_world import World, make_world
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in
from tests.web.test_access_matrix import all_routes, things_of

pytestmark = pytest.mark.django_db

ACTIONS = "makegood.actions."
VISITORS = (TARA, SAM, DESI, RHEA, OWEN)
# So many different verbs stand behind the forms of this small world.
FORMS_REACHED = 20


class Unforeseen(Refusal):
    code = "unforeseen"
    sentence = "The {thing} is not what anybody foresaw."


@dataclass(frozen=True)
class Sent:
    """A form as somebody sends it."""

    address: str
    values: tuple[tuple[str, str], ...]


class Stub:
    """Stands in for every verb that a face calls, and refuses."""

    def __init__(self) -> None:
        self.refusal: Refusal = Unforeseen(thing="form")
        self.called: list[str] = []

    def instead_of(self, verb: Callable[..., Any]) -> Callable[..., Any]:
        def refuse(*_args: object, **_values: object) -> None:
            self.called.append(verb.__name__)
            raise self.refusal

        return refuse


def is_verb(thing: object) -> bool:
    """A function of the actions that does something at a time; what only prices or shows is let through."""
    if not inspect.isfunction(thing) or not thing.__module__.startswith(ACTIONS):
        return False
    return "now" in inspect.signature(thing).parameters and not thing.__name__.startswith(("quote_", "preview_"))


def faces() -> list[ModuleType]:
    return [module for name, module in sorted(sys.modules.items()) if name.startswith("makegood.web.")]


def verbs_of(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    return [(name, thing) for name, thing in vars(module).items() if is_verb(thing)]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Refusals that are expected need not be kept."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def forms_of(page: bytes, address: str) -> list[Sent]:
    """Each form of the page with each of its buttons."""
    found = []
    for form in BeautifulSoup(page, "html.parser").select("form[method=post]"):
        values = [(name, value) for field in form.select("input, textarea, select") for name, value in filled(field)]
        one_of_each = {name: (name, value) for name, value in reversed(values)}
        buttons = [(str(one.get("name")), str(one.get("value", ""))) for one in form.select("button[name]")]
        for button in buttons or [("", "")]:
            found.append(Sent(urljoin(address, str(form.get("action", ""))), (*one_of_each.values(), button)))
    return [one for one in found if one.address != reverse("account_logout")]


def filled(field: Tag) -> list[tuple[str, str]]:
    """What somebody puts into a field; of radio buttons the first is taken."""
    name, kind, value = str(field.get("name", "")), str(field.get("type", "text")), str(field.get("value", ""))
    if not name or field.has_attr("disabled") or kind in {"submit", "button"}:
        return []
    if field.name == "select":
        options = [str(one.get("value", one.get_text())) for one in field.select("option")]
        return [(name, next((one for one in options if one), ""))]
    if kind == "checkbox":
        return [(name, value or "on")]
    words = {
        "date": "2027-03-01",
        "time": "09:00",
        "number": "1",
        "email": "new@example.com",
        "url": "https://a.example",
    }
    return [(name, value or words.get(kind, "Because"))]


def open_pages(world: World, visitor: str, client: Client) -> Iterator[Sent]:
    """The forms of all pages that the visitor may open, by what is theirs or their school's."""
    for route in all_routes():
        row = TABLE[route.name]
        if visitor not in row.open_to or row.get != 200 or "school" not in route.parts:
            continue
        things = things_of(route, world, visitor)
        for relation in (OWN, SAME_SCHOOL):
            if relation in things and relation in row.relations:
                address = reverse(route.name, kwargs={"school": "marigold"} | things[relation])
                with transaction.atomic():
                    answer = client.get(address)
                    transaction.set_rollback(True)
                if answer.status_code == 200:
                    yield from forms_of(answer.content, address)


def module_of(sent: Sent) -> ModuleType:
    match: ResolverMatch = resolve(sent.address.partition("?")[0])
    return sys.modules[inspect.unwrap(match.func).__module__]


def named_in(module: ModuleType) -> list[Refusal]:
    """The refusals that the module knows, with something in each place of their sentences."""
    classes = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, Refusal)]
    # Those that carry more than values say it themselves where they are tested; what only unites others says nothing.
    said = [one for one in classes if hasattr(one, "sentence")]
    plain = [one for one in said if one.__init__ in {Refusal.__init__, TimeRefused.__init__}]
    return [one(**dict.fromkeys(re.findall(r"{(\w+)", str(one.sentence)), 1)) for one in plain]


def send(client: Client, sent: Sent) -> tuple[int, str]:
    """Send it, undo it, and say what the person reads then."""
    with transaction.atomic():
        answer = client.post(sent.address, dict(sent.values), follow=True)
        transaction.set_rollback(True)
    return answer.status_code, text_of(answer.content)


def test_every_refusal_of_every_form_is_a_page_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    forms: dict[str, list[Sent]] = {}
    clients = {}
    for visitor in VISITORS:
        clients[visitor] = Client()
        person = world.person(visitor)
        assert person is not None
        sign_in(clients[visitor], person)
        forms[visitor] = list(open_pages(world, visitor, clients[visitor]))
    stub = Stub()
    for module in faces():
        for name, verb in verbs_of(module):
            monkeypatch.setattr(module, name, stub.instead_of(verb))

    reached, silent, broken = set(), [], []
    for visitor, sent in ((visitor, sent) for visitor, found in forms.items() for sent in found):
        stub.called.clear()
        stub.refusal = Unforeseen(thing="form")
        _status, said = send(clients[visitor], sent)
        if not stub.called:
            continue
        if "The form is not what anybody foresaw." not in said:
            silent.append((visitor, sent.address))
        if stub.called[0] in reached:
            continue
        reached.add(stub.called[0])
        for stub.refusal in named_in(module_of(sent)):
            status, said = send(clients[visitor], sent)
            if status not in {200, 404, 409, 410, 422} or re.search(r"{\w+}", said):
                broken.append((visitor, sent.address, stub.refusal.code, status))

    assert (silent, broken) == ([], [])
    assert len(reached) >= FORMS_REACHED, sorted(reached)


@access.anyone()
def of_anyone(request: HttpRequest, guest: access.Guest) -> NoReturn:
    raise Unforeseen(thing="page")


@access.signed_in()
def of_signed_in(request: HttpRequest, guest: access.Guest) -> NoReturn:
    raise Unforeseen(thing="page")


@access.anyone_in_school()
def of_school(request: HttpRequest, guest: access.Guest) -> NoReturn:
    raise Unforeseen(thing="page")


@access.members(Role.TEACHER)
def of_members(request: HttpRequest, visit: access.Visit) -> NoReturn:
    raise Unforeseen(thing="page")


urlpatterns = [
    path("refused/anyone/", of_anyone),
    path("refused/signed-in/", of_signed_in),
    path("<slug:school>/refused/school/", of_school),
    path("<slug:school>/refused/members/", of_members),
    *real_addresses,
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "address", ["/refused/anyone/", "/refused/signed-in/", "/marigold/refused/school/", "/marigold/refused/members/"]
)
def test_whatever_a_view_does_not_map_is_a_page_with_its_sentence(client: Client, address: str) -> None:
    sign_in(client, make_cast("marigold").person(Role.TEACHER))

    answer = client.get(address)

    assert answer.status_code == 409
    assert "The page is not what anybody foresaw." in text_of(answer.content)
