"""`manage create_school`: a school with its first policy and its owner's invitation."""

from __future__ import annotations

import re
import smtplib
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from makegood import clock
from makegood.actions.create_school import create_school
from makegood.domain.notifications.invitations import invitation_link, send_invitation
from makegood.domain.schools.operations import NewSchool
from makegood.management.plain_help import PlainHelp
from makegood.presets import list_presets, preset_text
from makegood.refusal import Refusal
from makegood.rules.documents import InvalidPolicy

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
        source.add_argument("--preset", choices=list_presets(), help="a policy that comes with the product")
        source.add_argument("--policy", type=Path, help="a TOML file with the school's own policy")
        parser.add_argument(
            "--policy-from",
            metavar="YYYY-MM",
            help="first month of the policy (default: this month); history can be imported from there on",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create, then e-mail and print the link."""
        self._check(options)
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
        try:
            created = create_school(
                new=new,
                document=_document(options),
                owner_email=options["owner"],
                policy_from_on=_first_of_month(options["policy_from"]),
                now=clock.now(),
            )
        except InvalidPolicy as invalid:
            lines = [f"  {problem}" for problem in invalid.problems]
            raise CommandError("\n".join(["The policy cannot be used:", *lines])) from invalid
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

    def _check(self, options: dict[str, Any]) -> None:
        for option in ("owner", "desk_email", "support_email"):
            try:
                validate_email(options[option])
            except ValidationError as error:
                raise CommandError(
                    f"--{option.replace('_', '-')}: “{options[option]}” is not an e-mail address."
                ) from error
        longest = {"name": 120, "desk_phone": 32, "emergency_phone": 32, "owner": 254}
        for option, length in longest.items():
            value = options[option]
            if len(value) > length or "\0" in value:
                raise CommandError(f"--{option.replace('_', '-')}: at most {length} ordinary characters.")
        if not options["name"].strip():
            raise CommandError("--name: must not be empty.")
        if options["language"] not in dict(settings.LANGUAGES):
            raise CommandError(f"--language: choose one of {', '.join(dict(settings.LANGUAGES))}.")


def _first_of_month(month: str | None) -> date | None:
    if month is None:
        return None
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month, re.ASCII):
        raise CommandError(f"--policy-from: “{month}” is not a month. Write for example 2026-01.")
    return date.fromisoformat(f"{month}-01")


def _document(options: dict[str, Any]) -> str:
    if options["preset"]:
        return preset_text(options["preset"])
    path: Path = options["policy"]
    try:
        if path.stat().st_size > POLICY_BYTES:
            raise CommandError(f"--policy: {path} is larger than {POLICY_BYTES} bytes.")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"--policy: {path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"--policy: {path} is not UTF-8 text.") from error
