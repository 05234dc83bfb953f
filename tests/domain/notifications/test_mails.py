"""The subject of a mail: whole, and beginning in the line of its name, however long it is."""

from __future__ import annotations

import email
import email.policy
import re

import pytest
from django.core.mail import BadHeaderError

from makegood.domain.notifications.mails import Mail

GERMAN = (
    "Ihre wöchentlichen Unterrichtsstunden mit Tara Teaches sind gebucht, die erste am Mi., 28. Okt., 08:00 (New York)"
)
SUBJECTS = [
    "Short",
    "Kurz und schön",
    GERMAN,
    GERMAN.replace("ö", "oe"),
    "Ü" * 90,
    "山田 " * 40 + "end",
    "A" * 300,
    "word " * 60 + "end",
    "🎓" * 80,
    "Looks =?utf-8?q?encoded?= and is not",
]


def header_of(subject: str) -> bytes:
    mail = Mail(subject, "Text\n", "desk@marigold.example", ["sam@marigold.example"])
    (header,) = re.findall(rb"^Subject:.*\r\n(?:[ \t].*\r\n)*", mail.message().as_bytes(linesep="\r\n"), re.MULTILINE)
    return bytes(header)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_line_of_the_subject_is_empty_or_too_long(subject: str) -> None:
    lines = header_of(subject).removesuffix(b"\r\n").split(b"\r\n")

    assert lines[0].removeprefix(b"Subject:").strip()
    assert all(line.strip() for line in lines)
    assert max(map(len, lines)) <= 78


@pytest.mark.parametrize("subject", [subject for subject in SUBJECTS if "=?" not in subject])
def test_the_subject_comes_back_as_it_went_in(subject: str) -> None:
    mail = email.message_from_bytes(header_of(subject) + b"\r\n", policy=email.policy.default)

    assert str(mail["Subject"]) == subject


def test_a_line_break_in_a_subject_is_refused() -> None:
    with pytest.raises(BadHeaderError):
        header_of("Hello\r\nBcc: evil@example.org")
