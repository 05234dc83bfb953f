"""Requests that no browser sends are refused, not answered with an error of ours: any 500 is a fault."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client

from makegood.domain.people.models import Role
from makegood.postgres import roles
from tests.schools import Cast, make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def marigold() -> Cast:
    return make_cast("marigold")


@pytest.fixture
def tara(client: Client, marigold: Cast) -> Client:
    client.raise_request_exception = False
    sign_in(client, marigold.person(Role.TEACHER))
    return client


@pytest.mark.parametrize("address", ["/marigold/cases/%00/", "/marigold/cases/A%00B/reported/", "/%00/"])
def test_an_address_with_a_nul_is_refused(tara: Client, address: str) -> None:
    assert tara.get(address).status_code == 400


class ServerClient(Client):
    """A browser that goes through the server's own entry point, which stands before the framework."""

    def request(self, **request: Any) -> Any:
        environ = self._base_environ(**request)
        status: list[str] = []
        # As the browser of the tests does: the test keeps its connection.
        request_started.disconnect(close_old_connections)
        application = importlib.import_module("makegood.site.wsgi").application
        answer = b"".join(application(environ, lambda line, _headers: status.append(line)))
        request_started.connect(close_old_connections)
        return HttpResponse(answer, status=int(status[0].split()[0]))


@pytest.fixture
def server(marigold: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    # The entry point looks at the login of the settings, which are nobody's in a test.
    monkeypatch.setattr(roles, "refuse_unsafe_login", lambda *, dsn: None)
    token = "a" * 32
    client = ServerClient(headers={"X-CSRFToken": token})
    client.cookies["csrftoken"] = token
    sign_in(client, marigold.person(Role.TEACHER))
    return client


NOT_TEXT = ["zlib", "hex", "undefined", "rot13", "idna", "punycode", "unicode_escape", "raw_unicode_escape"]
FORMS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]


@pytest.mark.parametrize("charset", [*NOT_TEXT, "utf-7", "utf-16", "latin-1"])
@pytest.mark.parametrize("kind", FORMS)
def test_a_form_in_another_encoding_is_refused(server: Client, kind: str, charset: str) -> None:
    content_type = f"{kind}; charset={charset}"

    sent = server.generic("POST", "/settings/", b"full_name=x", content_type=content_type)
    asked = server.get("/marigold/penalties/?state=open", headers={"Content-Type": content_type})

    assert (sent.status_code, asked.status_code) == (415, 415)


@pytest.mark.parametrize("parameter", ["charset=a\0b", "charset*=zlibb''x"])
def test_a_content_type_that_cannot_be_read_is_refused(server: Client, parameter: str) -> None:
    sent = server.get("/settings/?a=b", headers={"Content-Type": f"text/plain; {parameter}"})

    assert sent.status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "utf_8", "unheard-of"])
def test_a_form_in_utf8_is_read_however_it_is_spelled(server: Client, charset: str) -> None:
    answer = server.generic(
        "POST",
        "/settings/",
        b"full_name=Ta%C3%A1&zone=UTC&language=en",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )

    assert (answer.status_code, "Taá" in server.get("/settings/").content.decode()) == (302, True)


def test_a_form_in_parts_keeps_its_boundary(server: Client) -> None:
    part = b'--b c\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = part % (b"full_name", "Taá".encode()) + part % (b"zone", b"UTC") + part % (b"language", b"en") + b"--b c--"

    answer = server.generic(
        "POST", "/settings/", body, content_type='multipart/form-data; charset=utf-8; boundary="b c"'
    )

    assert (answer.status_code, "Taá" in server.get("/settings/").content.decode()) == (302, True)


def test_a_cookie_with_a_nul_is_no_cookie(client: Client) -> None:
    client.raise_request_exception = False

    answer = client.get("/login/", headers={"Cookie": 'sessionid="\\000aaaaaaaaaaaa"'})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "credential",
    ['{"id":"\\u0000"}', '{"id":"\\ud800"}', "[" * 20_000, "1" * 10_000, "x", "null", "{}"],
    ids=["nul", "surrogate", "deep", "long number", "no json", "nothing", "empty"],
)
def test_a_passkey_that_is_none_is_refused(client: Client, credential: str) -> None:
    client.raise_request_exception = False

    answer = client.post("/login/passkey/", {"credential": credential})

    assert answer.status_code in {200, 302}
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "name", ["Tara\r\nBcc: everybody@example.com", "Tara\u2028Teaches", "\x1b[31mTara\x07", "\u202eTara\u2066"]
)
def test_a_name_is_one_line_without_control_characters(tara: Client, marigold: Cast, name: str) -> None:
    tara.post("/settings/", {"full_name": name, "zone": "UTC", "language": "en"})

    person = marigold.person(Role.TEACHER)
    person.refresh_from_db()

    assert person.full_name.isprintable()


def test_a_very_long_address_leads_somebody_signed_out_to_sign_in(client: Client) -> None:
    answer = client.get("/" + "a" * 20_000)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login/?next=/"
