"""What members choose decides which messages are written, and when they leave the house."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django import Settings

from makegood.actions import choose_how_to_be_told as choosing
from makegood.actions.remind import remind
from makegood.actions.send_message import send_message
from makegood.domain.notifications.browsers import BrowserUnknown, list_browsers
from makegood.domain.notifications.models import Channel, ChannelChoice, Message, Topic
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.notifications.wishes import CHOSEN
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from tests.cast import Cast, book, make_cast, report

pytestmark = pytest.mark.django_db

# Sam lives in New York: 08:00 there.
STARTS = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
DAY_BEFORE = STARTS - timedelta(hours=24)
SECRET = b"0123456789abcdef"


def plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class PushService(HTTPServer):
    """Takes what is pushed to one browser, and can decrypt it as the browser would."""

    def __init__(self) -> None:
        self.private_key = ec.generate_private_key(ec.SECP256R1())
        self.answer = 201
        self.taken: list[dict[str, str]] = []
        service = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Authorization"].startswith("vapid t=")
                if service.answer == 201:
                    opened = http_ece.decrypt(body, private_key=service.private_key, auth_secret=SECRET)
                    service.taken.append(json.loads(opened))
                self.send_response(service.answer)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Silent."""

        super().__init__(("127.0.0.1", 0), Taking)

    @property
    def browser(self) -> choosing.Browser:
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        endpoint = f"http://127.0.0.1:{self.server_port}/push/1"
        return choosing.Browser(endpoint=endpoint, p256dh=plain(point), auth=plain(SECRET), device="Firefox, Linux")


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    key = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    settings.PUSH_KEY = plain(key.to_bytes(32, "big"))
    settings.PUSH_SERVICES = ["127.0.0.1"]
    settings.PUSH_CONTACT = "mailto:desk@marigold.example"
    service = PushService()
    thread = threading.Thread(target=service.serve_forever)
    thread.start()
    yield service
    service.shutdown()
    thread.join()
    service.server_close()


def written(cast: Cast, member: Membership) -> list[tuple[str, datetime | None]]:
    with in_school(cast.school.pk):
        rows = Message.objects.filter(recipient=member).exclude(channel=Channel.IN_APP).order_by("pk")
        return [(row.channel, row.send_after) for row in rows]


def choose(member: Membership, *, off: Collection[tuple[Topic, Channel]] = (), quiet: Quiet | None = None) -> None:
    wanted = {(topic, channel): (topic, channel) not in off for topic in Topic for channel in CHOSEN}
    choosing.choose_how_to_be_told(member=member, wanted=wanted, quiet=quiet, now=DAY_BEFORE)


def test_a_topic_that_is_off_writes_no_mail_but_stays_in_the_app() -> None:
    cast = make_cast()
    book(cast, starts_at=STARTS)
    choose(cast.sam, off={(Topic.REMINDERS, Channel.EMAIL)})
    remind(now=DAY_BEFORE)

    assert written(cast, cast.sam) == []
    assert written(cast, cast.tara) == [("email", None)]
    with in_school(cast.school.pk):
        assert Message.objects.filter(recipient=cast.sam, channel=Channel.IN_APP).count() == 1


def test_emergencies_cannot_be_switched_off_by_mail() -> None:
    cast = make_cast()
    choose(cast.sam, off={(topic, Channel.EMAIL) for topic in Topic})
    report(cast, book(cast, starts_at=STARTS), now=DAY_BEFORE)

    assert written(cast, cast.sam) == [("email", None)]


def test_only_what_changes_is_written_and_the_latest_choice_holds() -> None:
    cast = make_cast()
    choose(cast.sam, off={(Topic.REMINDERS, Channel.EMAIL)})
    choose(cast.sam, off={(Topic.REMINDERS, Channel.EMAIL)})
    choose(cast.sam)

    with in_school(cast.school.pk):
        assert list(ChannelChoice.objects.order_by("pk").values_list("topic", "is_on")) == [
            ("reminders", False),
            ("reminders", True),
        ]


@pytest.mark.parametrize(
    ("hours", "quiet", "send_after"),
    [
        pytest.param(24, Quiet(7 * 60, 9 * 60), STARTS - timedelta(hours=23), id="waits for their end"),
        pytest.param(24, Quiet(9 * 60, 10 * 60), None, id="not quiet yet"),
        pytest.param(1, Quiet(6 * 60, 9 * 60), None, id="the lesson starts before their end"),
    ],
)
def test_quiet_hours_hold_what_can_wait(hours: int, quiet: Quiet, send_after: datetime | None) -> None:
    cast = make_cast()
    book(cast, starts_at=STARTS)
    choose(cast.sam, quiet=quiet)
    remind(now=STARTS - timedelta(hours=hours))

    assert written(cast, cast.sam) == [("email", send_after)]


def test_an_emergency_of_an_own_lesson_does_not_wait() -> None:
    cast = make_cast()
    choose(cast.sam, quiet=Quiet(0, 23 * 60))
    report(cast, book(cast, starts_at=STARTS + timedelta(days=30)), now=DAY_BEFORE)

    assert written(cast, cast.sam) == [("email", None)]


def test_a_browser_reads_the_message_and_one_that_is_gone_gets_no_more(service: PushService) -> None:
    cast = make_cast()
    choosing.add_browser(member=cast.sam, browser=service.browser, now=DAY_BEFORE)
    lesson = book(cast, starts_at=STARTS)
    for hours, answer in ((24, 201), (1, 410)):
        service.answer = answer
        remind(now=STARTS - timedelta(hours=hours))
        with in_school(cast.school.pk):
            unsent = list(Message.objects.filter(channel=Channel.PUSH, sent_at=None).values_list("pk", flat=True))
        for message_id in unsent:
            send_message(school_id=cast.school.pk, message_id=message_id, now=STARTS - timedelta(hours=hours))

    assert [(taken["title"], taken["body"]) for taken in service.taken] == [
        (
            "Reminder: your lesson with Tara Teaches on Wed 21 Oct, 08:00 (New York)",
            "Your lesson with Tara Teaches starts on Wed 21 Oct, 08:00 (New York).",
        )
    ]
    assert service.taken[0]["url"].endswith(f"/marigold/lessons/{lesson.pk}/")
    with in_school(cast.school.pk):
        assert list_browsers(school_id=cast.school.pk, membership_id=cast.sam.pk) == []
        ends = Message.objects.filter(channel=Channel.PUSH).order_by("pk").values_list("sent_at", "failed_at")
        assert [(sent is not None, failed is not None) for sent, failed in ends] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/push",
        "https://fcm.googleapis.com.evil.example/",
        "http://fcm.googleapis.com/push",
        "https://user@fcm.googleapis.com/push",
        "https://fcm.googleapis.com:8080/push",
        "https://169.254.169.254/latest",
        "https://[bad/",
    ],
)
def test_nobody_chooses_where_the_worker_sends(endpoint: str) -> None:
    cast = make_cast()
    browser = choosing.Browser(endpoint=endpoint, p256dh=plain(b"\4" * 65), auth=plain(SECRET), device="")

    with pytest.raises(BrowserUnknown):
        choosing.add_browser(member=cast.sam, browser=browser, now=DAY_BEFORE)
