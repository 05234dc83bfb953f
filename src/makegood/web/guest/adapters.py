"""How django-allauth signs people in here: by invitation only, in our words, and with mail that gives nothing away."""

from __future__ import annotations

import smtplib
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.domain.people.models import Person
from makegood.domain.people.queries import find_person, find_person_by_email

log = structlog.get_logger()


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped base
    """Passwords, e-mailed codes and reset links."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This sign-in was closed. Ask your school."),
        "email_password_mismatch": _("The e-mail address or the password is not right. Check both and try again."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right, or it is too old. Check it, or ask for a new one."),
        "incorrect_password": _("This password is not right."),
        "invalid_password_reset": _("This link was already used or is too old. Ask for a new one."),
        "too_many_login_attempts": _(
            "There were too many tries. Wait 15 minutes, or sign in with a code by e-mail or a passkey."
        ),
        "rate_limited": _("There were too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: schools invite."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """The subject as it is, without the name of a site."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, or log that it could not be sent: the page must be the same for every address.

        The mail is in the language of the person with the address; for nobody known, in that of the page.
        """
        person = find_person_by_email(email=email)
        try:
            with translation.override(person.language if person else translation.get_language()):
                super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            log.exception("sign_in_mail_failed", kind=template_prefix, error=type(error).__name__)

    def set_password(self, user: Person, password: str) -> None:
        """Change the password and nothing else: the database lets us write a person's columns one by one."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own settings."""
        return reverse("settings")


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]  # untyped base
    """Checks passwords as django-allauth does; reads the person of a session, which every request does, compiled."""

    def get_user(self, user_id: int) -> Person | None:
        """Return the person of a session, unless their sign-in was closed."""
        person = find_person(person_id=user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped base
    """Authenticator apps, passkeys and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("This cannot be turned off."),
        "cannot_generate_recovery_codes": _("Recovery codes need an authenticator app or a passkey first."),
        "incorrect_code": _("This code is not right, or it is too old. Wait for the next one and try again."),
        "unverified_email": _("Confirm your e-mail address first: sign in once with a code by e-mail."),
    }

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows beside the address."""
        return "Makegood"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host name of the address."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Makegood"}

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002 - the name is allauth's
        """What a new passkey is called until its person names it."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey {number}").format(number=count + 1)
