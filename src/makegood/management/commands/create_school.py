"""`manage create_school`: a school with its first policy and its owner's invitation."""

from __future__ import annotations

import re
import smtplib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from makegood import clock
from makegood.actions.create_school import check_school, create_school
from makegood.database.texts import can_be_stored
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.notifications.invitations import invitation_link, send_invitation
from makegood.domain.schools.operations import NewSchool
from makegood.management.plain_help import PlainHelp
from makegood.presets import list_presets, preset_booking_rules, preset_text
from makegood.refusal import Refusal

# A policy document is a few pages; this is a book.
POLICY_BYTES = 1_000_000


class Command(PlainHelp):
    """Create a school, publish its first policy and invite its owner."""

    help = "Create a school with its first policy, and e-mail its owner an invitation."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what must be told."""
        parser.add_argument("slug", help="first part of its addresses, for example: marigold")
        parser.add_argument("--name", required=True, help="for example: Marigold Languages")
        parser.add_argument("--zone", required=True, help="IANA time zone, for example: Asia/Manila")
        parser.add_argument("--language", default="en", help="language of the school's mails (default: en)")
        parser.add_argument("--owner", required=True, help="e-mail address of the owner, who gets the invitation")
        parser.add_argument("--desk-email", required=True)
        parser.add_argument("--desk-phone", required=True)
        parser.add_argument("--support-email", required=True)
        parser.add_argument("--emergency-phone", default="")
        parser.add_argument(
            "--does-not-pay-teachers", action="store_true", help="hide pay; teachers are paid elsewhere"
        )
        source = parser.add_mutually_exclusive_group(required=True)
        presets = ", ".join(list_presets())
        source.add_argument("--preset", help=f"a policy that comes with the product: {presets}")
        source.add_argument("--policy", type=Path, help="a TOML file with the school's own policy")
        parser.add_argument(
            "--policy-from",
            metavar="YYYY-MM",
            help="first month of the policy (default: this month); history can be imported from there on",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create, then e-mail and print the link."""
        new = NewSchool(
            slug=options["slug"],
            name=options["name"],
            zone=options["zone"],
            language=options["language"],
            desk_email=options["desk_email"],
            desk_phone=options["desk_phone"],
            support_email=options["support_email"],
            emergency_phone=options["emergency_phone"],
            pays_teachers=not options["does_not_pay_teachers"],
        )
        now = clock.now()
        document, policy_from_on = _check(new, options, now)
        try:
            created = create_school(
                new=new,
                document=document,
                owner_email=options["owner"],
                policy_from_on=policy_from_on,
                rules=_rules(options["preset"]),
                now=now,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{created.school.name} is created at {settings.ADDRESS}/{created.school.slug}/")
        self.stdout.write(f"Policy “{created.version.name}” is in force from {created.version.in_force_from_on}.")
        try:
            send_invitation(school=created.school, invitation=created.invitation, token=created.token)
            self.stdout.write(f"The invitation was e-mailed to {created.invitation.email}.")
        except (smtplib.SMTPException, OSError):
            self.stderr.write("The e-mail could not be sent; hand over the link yourself.")
        self.stdout.write(
            f"The owner joins here (once, for 7 days): {invitation_link(school=created.school, token=created.token)}"
        )


def _check(new: NewSchool, options: dict[str, Any], now: datetime) -> tuple[str, date | None]:
    """The policy's document and its first day. Raises CommandError with everything that is wrong, one a line."""
    problems = _problems_of_texts(options)
    month = options["policy_from"]
    is_month = month is None or re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month, re.ASCII) is not None
    if not is_month:
        problems.append(f"--policy-from: “{month}” is not a month. Write for example 2026-01.")
    policy_from_on = date.fromisoformat(f"{month}-01") if month is not None and is_month else None
    document, unreadable = _document(options)
    problems += unreadable
    found = check_school(new=new, document=document, policy_from_on=policy_from_on, now=now)
    problems += [str(refusal) for refusal in found.refusals]
    if found.policy and not unreadable:
        problems.append("\n".join(["The policy cannot be used:", *(f"  {problem}" for problem in found.policy)]))
    if problems:
        raise CommandError("\n".join(problems))
    return document, policy_from_on


def _problems_of_texts(options: dict[str, Any]) -> list[str]:
    problems = []
    for option in ("owner", "desk_email", "support_email"):
        try:
            validate_email(options[option])
        except ValidationError:
            problems.append(f"{_written(option)}: “{_shown(options[option])}” is not an e-mail address.")
    longest = {
        "name": 120, "desk_phone": 32, "emergency_phone": 32, "owner": 254, "desk_email": 254, "support_email": 254,
    }  # fmt: skip
    for option, length in longest.items():
        if len(options[option]) > length or not can_be_stored(options[option]):
            problems.append(f"{_written(option)}: at most {length} ordinary characters.")
    problems += [
        f"{_written(option)}: must not be empty." for option in ("name", "desk_phone") if not options[option].strip()
    ]
    if options["language"] not in dict(settings.LANGUAGES):
        problems.append(f"--language: choose one of {', '.join(dict(settings.LANGUAGES))}.")
    return problems


def _written(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def _shown(text: str) -> str:
    """The text as a terminal can print it, also where it holds bytes that are no text."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _rules(preset: str | None) -> BookingRuleSet:
    """The booking rules that go with a shipped policy; those of every school with a policy of its own."""
    return BookingRuleSet(**preset_booking_rules(preset)) if preset is not None else BookingRuleSet()


def _document(options: dict[str, Any]) -> tuple[str, list[str]]:
    """The policy's text, or why there is none."""
    if options["preset"] is not None:
        if options["preset"] in list_presets():
            return preset_text(options["preset"]), []
        return "", [f"--preset: choose one of {', '.join(list_presets())}."]
    path: Path = options["policy"]
    shown = _shown(str(path))
    try:
        if path.stat().st_size > POLICY_BYTES:
            return "", [f"--policy: {shown} is larger than {POLICY_BYTES} bytes."]
        return path.read_text(encoding="utf-8"), []
    except OSError as error:
        return "", [f"--policy: {shown} cannot be read ({error.strerror})."]
    except UnicodeDecodeError:
        return "", [f"--policy: {shown} is not UTF-8 text."]
