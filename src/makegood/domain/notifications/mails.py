"""Mails as mail programs expect them."""

from __future__ import annotations

from email.header import Header
from typing import Any, Final

from django.core.mail import EmailMultiAlternatives

_SUBJECT: Final = "Subject"
# The words of a subject without a letter beyond ASCII stay as they are, while each of them fits into a line.
_LONGEST_WORD: Final = 60


class Mail(EmailMultiAlternatives):
    """A mail whose subject begins in the line of its name.

    Django folds a subject as if the whole line were free. What then does not fit beside the name moves to the next
    line, and whoever reads headers line by line meets a mail without a subject.
    """

    def message(self, **how: Any) -> Any:
        """The mail as it is sent."""
        mail = super().message(**how)
        mail.replace_header(_SUBJECT, _fold(str(self.subject)))
        return mail


def _fold(subject: str) -> str:
    """The subject for its header; `Mail` refused line breaks in it before."""
    fits = subject.isascii() and all(len(word) <= _LONGEST_WORD for word in subject.split())
    return Header(subject, "us-ascii" if fits else "utf-8", header_name=_SUBJECT).encode()
