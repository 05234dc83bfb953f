"""Requests that no browser sends are refused, not answered with an error of ours: any 500 is a fault."""

from __future__ import annotations

import pytest
from django.test import Client

from makegood.domain.people.models import Role
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


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape", "utf-7", "utf-16", "latin-1"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_a_form_in_another_encoding_is_refused(tara: Client, kind: str, charset: str) -> None:
    content_type = f"{kind}; charset={charset}"

    sent = tara.generic("POST", "/settings/", b"full_name=x", content_type=content_type)
    asked = tara.get("/marigold/penalties/?state=open", headers={"Content-Type": content_type})

    assert (sent.status_code, asked.status_code) == (415, 415)


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "utf_8", "unheard-of"])
def test_a_form_in_utf8_is_read_however_it_is_spelled(tara: Client, charset: str) -> None:
    answer = tara.generic(
        "POST",
        "/settings/",
        b"full_name=Ta%C3%A1&zone=UTC&language=en",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )

    assert (answer.status_code, "Taá" in tara.get("/settings/").content.decode()) == (302, True)


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


@pytest.mark.parametrize("name", ["Tara\r\nBcc: everybody@example.com", "Tara\u2028Teaches", "\x1b[31mTara\x07"])
def test_a_name_is_one_line_without_control_characters(tara: Client, marigold: Cast, name: str) -> None:
    tara.post("/settings/", {"full_name": name, "zone": "UTC", "language": "en"})

    person = marigold.person(Role.TEACHER)
    person.refresh_from_db()

    assert person.full_name.isprintable()
