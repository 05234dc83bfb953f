"""Signing in: password, e-mailed code, second step; what it gives away, and what ends a session."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from makegood.domain.people.models import Person, Role
from tests.schools import PASSWORD, make_member, make_person, make_school
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db
UNKNOWN = "uma@example.com"


@pytest.fixture(autouse=True)
def no_earlier_tries() -> None:
    cache.clear()


@pytest.fixture
def tara() -> Person:
    person = make_person("Tara", password=PASSWORD)
    make_member(make_school(), person, [Role.TEACHER])
    return person


def enter(client: Client, email: str, password: str, **headers: str) -> HttpResponse:
    return client.post("/login/", {"login": email, "password": password}, headers=headers or None)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_in_the_last_mail() -> str:
    found = re.search(r"Your code is (\S+)\.", mail.outbox[-1].body)
    assert found is not None
    return found.group(1)


def current_code(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238), worked out without the product's code."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_password_signs_in_and_lands_in_the_school(client: Client, tara: Person) -> None:
    answer = enter(client, "Tara@Example.com", PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert get_user(client).pk == tara.pk


def test_signing_in_goes_on_to_the_page_that_was_wanted_but_never_to_another_host(client: Client, tara: Person) -> None:
    wanted = client.post("/login/?next=/marigold/dashboard/", {"login": tara.email, "password": PASSWORD})
    client.logout()
    elsewhere = client.post("/login/?next=https://evil.example/", {"login": tara.email, "password": PASSWORD})

    assert wanted.headers["Location"] == "/marigold/dashboard/"
    assert elsewhere.headers["Location"] == "/"


def test_session_gets_a_new_key_at_sign_in(client: Client, tara: Person) -> None:
    session = client.session
    session["chosen by"] = "somebody else"
    session.save()
    before = session.session_key

    enter(client, tara.email, PASSWORD)

    assert client.session.session_key != before


def test_wrong_password_is_told_at_the_form_and_keeps_the_address(client: Client, tara: Person) -> None:
    page = enter(client, tara.email, "not the password").content.decode()

    assert "The e-mail address or the password is not right." in page
    assert 'value="tara@example.com"' in page
    assert not is_signed_in(client)


def test_code_by_email_signs_in_once(client: Client, tara: Person) -> None:
    client.post("/login/code/", {"email": tara.email})
    code = code_in_the_last_mail()
    answer = client.post("/login/code/enter/", {"code": code})
    signed_in = is_signed_in(client)
    client.post("/logout/")
    again = client.post("/login/code/enter/", {"code": code})

    assert (answer.status_code, signed_in) == (302, True)
    assert (again.status_code, is_signed_in(client)) == (302, False)


def test_wrong_codes_end_the_try(client: Client, tara: Person) -> None:
    client.post("/login/code/", {"email": tara.email})
    code = code_in_the_last_mail()
    for _ in range(3):
        client.post("/login/code/enter/", {"code": "BBBB-BBBB"})
    client.post("/login/code/enter/", {"code": code})

    assert not is_signed_in(client)


def test_second_step_with_the_codes_of_an_app(client: Client, tara: Person) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(tara, secret)

    first = enter(client, tara.email, PASSWORD)
    between = is_signed_in(client)
    wrong = client.post("/login/second-step/", {"code": "000000"})
    answer = client.post("/login/second-step/", {"code": current_code(secret)})

    assert first.headers["Location"] == "/login/second-step/"
    assert (between, wrong.status_code) == (False, 200)
    assert (answer.status_code, is_signed_in(client)) == (302, True)


def test_second_step_is_asked_after_an_emailed_code_too(client: Client, tara: Person) -> None:
    TOTP.activate(tara, "JBSWY3DPEHPK3PXP")

    client.post("/login/code/", {"email": tara.email})
    answer = client.post("/login/code/enter/", {"code": code_in_the_last_mail()})

    assert (answer.headers["Location"], is_signed_in(client)) == ("/login/second-step/", False)


def test_a_code_of_the_app_works_once(client: Client, tara: Person) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(tara, secret)
    code = current_code(secret)
    enter(client, tara.email, PASSWORD)
    client.post("/login/second-step/", {"code": code})
    client.post("/logout/")
    # The library forgets a used code after 30 seconds, though clocks a little apart keep it valid for 90.
    cache.delete(f"allauth.mfa.totp.used?user={tara.pk}&code={code}")
    enter(client, tara.email, PASSWORD)
    client.post("/login/second-step/", {"code": code})

    assert not is_signed_in(client)


def test_a_recovery_code_stands_in_for_the_app_once(client: Client, tara: Person) -> None:
    TOTP.activate(tara, "JBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(tara).get_unused_codes()[0]
    outcomes = []
    for _ in range(2):
        enter(client, tara.email, PASSWORD)
        client.post("/login/second-step/", {"code": code})
        outcomes.append(is_signed_in(client))
        client.post("/logout/")

    assert outcomes == [True, False]


def test_setting_up_an_app_takes_a_real_code_and_opens_the_staff_pages(client: Client) -> None:
    desi = make_person("Desi", password=PASSWORD)
    make_member(make_school(), desi, [Role.DESK])
    enter(client, desi.email, PASSWORD)
    before = client.get("/marigold/desk/")
    client.post("/security/confirm/?next=/security/app/add/", {"password": PASSWORD})
    page = client.get("/security/app/add/").content.decode()
    secret = client.session["mfa.totp.secret"]

    answer = client.post("/security/app/add/", {"code": current_code(secret)})

    assert (before.status_code, before.headers["Location"]) == (302, "/security/needed/")
    assert secret in page
    assert answer.headers["Location"] == "/security/recovery-codes/"
    done = BeautifulSoup(client.get("/security/recovery-codes/").content, "html.parser").select("main a")[-1]
    assert (done.get_text(), client.get(str(done["href"]), follow=True).redirect_chain[-1][0]) == (
        "Done",
        "/marigold/desk/",
    )
    assert Authenticator.objects.filter(user=desi).count() == 2
    assert client.get("/marigold/desk/").status_code == 200


@pytest.mark.parametrize("role", [Role.DESK, Role.SUPPORT, Role.REVIEWER, Role.PAYROLL, Role.OWNER])
def test_staff_without_a_second_step_reach_no_staff_page(client: Client, role: Role) -> None:
    person = make_person("Newt")
    make_member(make_school(), person, [role])
    sign_in(client, person, second_factor=False)

    answer = client.get("/marigold/", follow=True)

    assert answer.redirect_chain[-1] == ("/security/needed/", 302)


def test_a_session_from_before_the_app_was_set_up_does_not_count_as_confirmed(client: Client) -> None:
    desi = make_person("Desi", password=PASSWORD)
    make_member(make_school(), desi, [Role.DESK])
    sign_in(client, desi, second_factor=False)
    TOTP.activate(desi, "JBSWY3DPEHPK3PXP")

    answer = client.get("/marigold/desk/")

    assert answer.headers["Location"] == "/security/needed/"
    assert "Confirm with your second step" in client.get("/security/needed/").content.decode()


@pytest.mark.parametrize(
    ("address", "known", "unknown"),
    [
        ("/login/", {"login": "tara@example.com", "password": "x"}, {"login": UNKNOWN, "password": "x"}),
        ("/login/code/", {"email": "tara@example.com"}, {"email": UNKNOWN}),
        ("/password/reset/", {"email": "tara@example.com"}, {"email": UNKNOWN}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer(
    tara: Person, address: str, known: dict[str, str], unknown: dict[str, str]
) -> None:
    answers = []
    for data in (known, unknown):
        answer = Client().post(address, data, follow=True)
        body = re.sub(rb"csrfmiddlewaretoken\" value=\"[^\"]+\"|data-now=\"[^\"]+\"", b"", answer.content)
        headers = {name: value for name, value in answer.headers.items() if name not in {"Content-Length", "Expires"}}
        email = data.get("email", data.get("login", "")).encode()
        answers.append((answer.status_code, answer.redirect_chain, body.replace(email, b""), headers, len(mail.outbox)))
        mail.outbox.clear()

    assert answers[0] == answers[1]


def test_a_known_address_takes_no_longer_than_an_unknown_one(tara: Person) -> None:
    """A password costs the same slow hash either way; without it the difference would be a factor."""

    def seconds(email: str) -> float:
        started = time.perf_counter()
        enter(Client(), email, "not the password")
        return time.perf_counter() - started

    pairs = [(seconds("tara@example.com"), seconds(UNKNOWN)) for _ in range(5)]
    fastest_known, fastest_unknown = (min(column) for column in zip(*pairs, strict=True))

    assert 0.6 < fastest_known / fastest_unknown < 1.7


def test_tries_at_one_address_are_throttled_and_a_code_still_gets_the_owner_in(client: Client, tara: Person) -> None:
    for _ in range(10):
        enter(Client(), tara.email, "not the password")

    refused = enter(client, tara.email, PASSWORD)
    refused_signed_in = is_signed_in(client)
    client.post("/login/code/", {"email": tara.email})
    client.post("/login/code/enter/", {"code": code_in_the_last_mail()})

    assert "There were too many tries." in refused.content.decode()
    assert not refused_signed_in
    assert is_signed_in(client)


@pytest.fixture
def few_tries(settings: Any) -> None:
    """Three tries a minute, so that a slow machine reaches the limit within the minute."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "3/m/ip"}


@pytest.mark.usefixtures("few_tries")
def test_a_forged_forwarded_address_does_not_escape_the_throttle(tara: Person) -> None:
    answers = [
        enter(Client(), f"guess{number}@example.com", "x", **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(4)
    ]

    assert answers == [200, 200, 200, 429]


@pytest.mark.usefixtures("few_tries")
def test_only_the_address_the_trusted_proxy_saw_counts(tara: Person, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    same = [
        enter(Client(), f"a{n}@example.com", "x", **{"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"}).status_code
        for n in range(4)
    ]
    other = enter(Client(), "b@example.com", "x", **{"X-Forwarded-For": "203.0.113.1, 198.51.100.8"}).status_code

    assert (same, other) == ([200, 200, 200, 429], 200)


def test_changing_the_password_ends_all_other_sessions(client: Client, tara: Person) -> None:
    elsewhere = Client()
    enter(elsewhere, tara.email, PASSWORD)
    enter(client, tara.email, PASSWORD)
    before = client.session.session_key

    answer = client.post(
        "/password/change/",
        {"oldpassword": PASSWORD, "password1": "another long sentence", "password2": "another long sentence"},
    )

    assert answer.status_code == 302
    assert client.get("/marigold/dashboard/").status_code == 200
    assert client.session.session_key != before
    assert elsewhere.get("/marigold/dashboard/").headers["Location"] == "/login/?next=/marigold/dashboard/"


def test_a_reset_link_works_once_and_opening_it_changes_nothing(client: Client, tara: Person) -> None:
    elsewhere = Client()
    enter(elsewhere, tara.email, PASSWORD)
    client.post("/password/reset/", {"email": tara.email})
    found = re.search(r"http://\S+(/password/reset/\S+/)", mail.outbox[-1].body)
    assert found is not None
    for _ in range(3):
        Client().get(found.group(1), follow=True)
    tara.refresh_from_db()
    unchanged = tara.check_password(PASSWORD)
    form = client.get(found.group(1), follow=True).redirect_chain[-1][0]
    new = {"password1": "another long sentence", "password2": "another long sentence"}
    client.post(form, new)
    again = Client().get(found.group(1), follow=True).content.decode()
    tara.refresh_from_db()

    assert unchanged
    assert tara.check_password("another long sentence")
    assert "This link was already used or is too old." in again
    assert elsewhere.get("/marigold/dashboard/").status_code == 302


def test_sessions_elsewhere_can_be_ended(client: Client, tara: Person) -> None:
    elsewhere = Client()
    enter(elsewhere, tara.email, PASSWORD)
    enter(client, tara.email, PASSWORD)
    listed = client.get("/security/sessions/").content.decode().count("<li><strong")
    client.post("/security/sessions/")

    assert (listed, UserSession.objects.count()) == (2, 1)
    assert elsewhere.get("/marigold/dashboard/").status_code == 302
    assert client.get("/marigold/dashboard/").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/login/", "/login/code/", "/login/passkey/", "/login/demo/", "/password/reset/", "/settings/", "/logout/"],
)
def test_every_form_needs_its_token(tara: Person, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, tara)

    assert client.post(address, {"login": tara.email, "password": PASSWORD}).status_code == 403


def test_pages_carry_the_headers_that_keep_them_safe(client: Client, tara: Person) -> None:
    sign_in(client, tara)
    headers = client.get("/marigold/dashboard/").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client, tara: Person) -> None:
    enter(client, tara.email, PASSWORD)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_nobody_can_sign_up(client: Client) -> None:
    page = client.get("/login/invited-only/")
    posted = client.post("/login/invited-only/", {"email": UNKNOWN, "password1": PASSWORD})

    assert "Ask your school for an invitation." in page.content.decode()
    assert posted.status_code == 405
    assert not Person.objects.filter(email=UNKNOWN).exists()
