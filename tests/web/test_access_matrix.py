"""Every route, method, visitor and relation has a declared expectation and is executed."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from makegood.domain.people.models import Role
from makegood.web import access
from tests.web.access_table import ANONYMOUS, OLGA, OWEN, OWN, TABLE, TARA, VISITORS, Row
from tests.web.access_world import THINGS, World, make_world
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "DELETE")
# What a page says of the time at which it was made.
_CLOCK = re.compile(rb'data-now="[^"]*"')


@dataclass(frozen=True)
class Route:
    """A named address and the parts it takes."""

    name: str
    parts: tuple[str, ...]
    view: Any


@dataclass(frozen=True)
class Cell:
    """One execution: who asks how for which address, and what came back."""

    route: str
    visitor: str
    method: str
    relation: str
    expected: str
    got: str
    body: bytes


def routes(resolver: URLResolver, namespace: str = "", parts: tuple[str, ...] = ()) -> Iterator[Route]:
    """All named addresses of the product, from the resolver itself."""
    for pattern in resolver.url_patterns:
        its_parts = (*parts, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            prefix = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, prefix, its_parts)
        else:
            assert isinstance(pattern, URLPattern)
            yield Route(name=f"{namespace}{pattern.name}", parts=its_parts, view=pattern.callback)


def all_routes() -> list[Route]:
    return list(routes(get_resolver()))


def undeclared(found: list[Route]) -> list[str]:
    return sorted(route.name for route in found if route.name not in TABLE)


def things_of(route: Route, world: World, visitor: str) -> dict[str, dict[str, object]]:
    """The address's parts by relation; one relation `own` when it names no thing.

    With two parts each one's first relation stands beside every relation of the other: "own / other school".
    """
    found = of_parts(route, world, visitor)
    named = list(found)
    if not named:
        return {OWN: {}}
    if len(named) == 1:
        return {relation: {named[0]: value} for relation, value in found[named[0]].items()}
    first, second = found.values()
    pairs = [(next(iter(first)), its) for its in second] + [(its, next(iter(second))) for its in first]
    pairs += [(its, its) for its in first if its in second]
    return {
        one if one == another else f"{one} / {another}": dict(zip(named, (first[one], second[another]), strict=True))
        for one, another in pairs
    }


def of_parts(route: Route, world: World, visitor: str) -> dict[str, Mapping[str, object]]:
    """For each part that the address takes besides the school: relation -> value."""
    makers = {part: THINGS.get(f"{route.name}.{part}") or THINGS[part] for part in route.parts if part != "school"}
    return {part: make(world, visitor) for part, make in makers.items()}


def expectation(row: Row, visitor: str, method: str, relation: str, address: str) -> str:
    """What the table says a visitor gets."""
    for said in ((visitor, method, relation), (visitor, method)):
        if said in row.but:
            return str(row.but[said])
    if visitor not in row.open_to:
        wanted = address if method == "GET" else "/"
        return f"302 /login/?next={quote(wanted)}" if visitor == ANONYMOUS else "404"
    if method not in {"GET", "POST"}:
        return "405"
    status = row.get if method == "GET" else row.post
    is_for_them = set(relation.split(" / ")) <= row.relations
    return str(status) if status == 405 or is_for_them else "404"


def outcome(response: HttpResponse, expected: str) -> str:
    """The status, with where it leads when that matters."""
    if " " in expected:
        return f"{response.status_code} {response.headers.get('Location', '')}"
    return str(response.status_code)


def execute(
    world: World, chosen: list[Route], *, visitors: Sequence[str], methods: Sequence[str] = METHODS
) -> list[Cell]:
    """Ask for every address as each visitor; each request is undone before the next."""
    cells = []
    for visitor in visitors:
        client = Client()
        person = world.person(visitor)
        if person is not None:
            sign_in(client, person)
            # What the first page writes into a session would be undone, and written again, with each request.
            client.get("/marigold/desk/")
        signed_in = client.cookies.output(header="", sep=";")
        for route, relation, things in addresses(chosen, world, visitor):
            address = reverse(route.name, kwargs=({"school": "marigold"} if "school" in route.parts else {}) | things)
            for method in methods:
                client.cookies.load(signed_in)
                with transaction.atomic():
                    response = client.generic(method, address)
                    transaction.set_rollback(True)
                expected = expectation(TABLE[route.name], visitor, method, relation, address)
                cells.append(
                    Cell(route.name, visitor, method, relation, expected, outcome(response, expected), response.content)
                )
    return cells


def addresses(chosen: list[Route], world: World, visitor: str) -> Iterator[tuple[Route, str, dict[str, object]]]:
    """Every route with each relation and the values of its parts."""
    for route in chosen:
        for relation, things in things_of(route, world, visitor).items():
            yield route, relation, things


def wrong(cells: list[Cell]) -> list[str]:
    return [
        f"{cell.route} {cell.method} by {cell.visitor} ({cell.relation}): expected {cell.expected}, got {cell.got}"
        for cell in cells
        if cell.expected != cell.got
    ]


def told_apart(cells: list[Cell]) -> list[str]:
    """Pages whose answer says what is missing and what is somebody else's in different bytes."""
    bodies: dict[str, set[bytes]] = {}
    for cell in cells:
        if cell.got == "404":
            bodies.setdefault(f"{cell.route} {cell.method}", set()).add(_CLOCK.sub(b"", cell.body))
    return [page for page, its in bodies.items() if len(its) > 1]


@pytest.fixture(autouse=True)
def uploads_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of expected refusals need not be kept."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("visitor", VISITORS)
def test_every_cell_of_the_matrix_holds(visitor: str) -> None:
    world = make_world()

    cells = execute(world, all_routes(), visitors=[visitor])

    assert wrong(cells) == []
    assert told_apart(cells) == []
    assert len(cells) >= len(TABLE) * len(METHODS)


def test_every_route_is_declared_and_every_declaration_is_a_route() -> None:
    assert undeclared(all_routes()) == []
    assert sorted(TABLE) == sorted(route.name for route in all_routes())


def test_an_undeclared_route_would_be_noticed() -> None:
    added = [
        *all_routes(),
        *routes(URLResolver(get_resolver().pattern, [path("secret/", lambda request: None, name="secret")])),
    ]

    assert undeclared(added) == ["secret"]


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "OPTIONS", "TRACE"])
def test_no_page_answers_a_method_it_does_not_declare(client: Client, method: str) -> None:
    world = make_world()
    owen = world.person(OWEN)
    assert owen is not None
    sign_in(client, owen)
    methods_of = {
        reverse(route.name, kwargs={"school": "marigold"} if "school" in route.parts else {}): route.view.access.methods
        for route in all_routes()
        if set(route.parts) <= {"school"} and hasattr(route.view, "access") and Role.OWNER in route.view.access.roles
    }

    refused = {address: client.generic(method, address).status_code == 405 for address in methods_of}

    assert refused == {address: method not in methods for address, methods in methods_of.items()}
    assert len(refused) >= 3


def test_every_view_says_who_may_use_it() -> None:
    silent = [route.name for route in all_routes() if not hasattr(route.view, "access")]
    of_pages = [name for name in silent if not name.startswith(("api_1:", "api_nothing"))]

    assert of_pages == ["alive", "ready"]


def test_what_one_may_not_see_is_byte_for_byte_what_does_not_exist(client: Client) -> None:
    world = make_world()
    sign_in(client, world.otto.person)
    addresses = {
        "another school's page": "/marigold/owner/",
        "another school's member": f"/larkspur/owner/people/{world.marigold.members[Role.TEACHER].pk}/",
        "a missing member": "/larkspur/owner/people/987654321/",
        "a missing school": "/no-such-school/owner/",
        "a missing page": "/larkspur/no-such-page/",
        "a missing root": "/no/such/thing/at/all/",
    }

    answers = {name: client.get(address) for name, address in addresses.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(addresses, 404)
    assert len({answer.content for answer in answers.values()}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers.values()}) == 1


@pytest.mark.parametrize(
    "address", ["/marigold/owner/", "/no-such-school/owner/", "/no/such/page/", "/marigold/nothing/"]
)
def test_somebody_signed_out_is_sent_to_sign_in_whether_or_not_it_exists(client: Client, address: str) -> None:
    make_world()

    answer = client.get(address)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login/?next={quote(address)}")


def test_the_matrix_notices_a_removed_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: with the check of roles gone, every page that belongs to some roles must show up as wrong."""
    world = make_world()
    for_some = [route for route in all_routes() if route.view is not None and _is_for_some_roles(route)]
    check = access._visit
    monkeypatch.setattr(
        access, "_visit", lambda request, person, slug, _roles: check(request, person, slug, tuple(Role))
    )

    # None of the three may use every page, and refusing a method needs no page to be made.
    cells = execute(world, for_some, visitors=[TARA, OWEN, OLGA], methods=["DELETE"])

    caught = {cell.route for cell in cells if cell.expected != cell.got}
    assert caught == {route.name for route in for_some}
    assert len(for_some) >= 10


def _is_for_some_roles(route: Route) -> bool:
    declared = getattr(route.view, "access", None)
    return declared is not None and declared.kind == "members" and set(declared.roles) != set(Role)
