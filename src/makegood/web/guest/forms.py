"""The forms of signing in, with our labels. What they check is django-allauth's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Texts = Mapping[str, "str | Promise"]
NEW_PASSWORD: Texts = {"password1": _("New password"), "password2": _("New password again")}
# The current step of 30 seconds, the one before and the one after.
CODE_VALID_SECONDS: Final = 90
# Several times the largest attestation that authenticators are known to make.
CREDENTIAL_LENGTH: Final = 50_000
LENGTH_HINT = _("At least 10 characters. A sentence is good; a password you use elsewhere is not.")


class Worded(forms.BaseForm):
    """Takes labels and hints from the class and drops placeholders, which vanish while one types."""

    labels: ClassVar[Texts] = {}
    hints: ClassVar[Texts] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = str(self.hints.get(name, ""))
            if name in self.labels:
                field.label = str(self.labels[name])


class SignInForm(Worded, account.LoginForm):  # type: ignore[misc]  # untyped base
    """E-mail address and password."""

    labels: ClassVar[Texts] = {"login": _("E-mail address"), "password": _("Password")}


class RequestCodeForm(Worded, account.RequestLoginCodeForm):  # type: ignore[misc]  # untyped base
    """Where to send a code for signing in."""

    labels: ClassVar[Texts] = {"email": _("E-mail address")}


class EnterCodeForm(Worded, account.ConfirmLoginCodeForm):  # type: ignore[misc]  # untyped base
    """The code from the e-mail."""

    labels: ClassVar[Texts] = {"code": _("Code from the e-mail")}


class RequestResetForm(Worded, account.ResetPasswordForm):  # type: ignore[misc]  # untyped base
    """Where to send a link for a new password."""

    labels: ClassVar[Texts] = {"email": _("E-mail address")}


class ResetPasswordForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]  # untyped base
    """The new password after a reset link."""

    labels: ClassVar[Texts] = NEW_PASSWORD
    hints: ClassVar[Texts] = {"password1": LENGTH_HINT}


class ChangePasswordForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]  # untyped base
    """The current password and the new one."""

    labels: ClassVar[Texts] = {"oldpassword": _("Current password"), **NEW_PASSWORD}
    hints: ClassVar[Texts] = {"password1": LENGTH_HINT}


class SetPasswordForm(Worded, account.SetPasswordForm):  # type: ignore[misc]  # untyped base
    """The first password of somebody who signed in without one."""

    labels: ClassVar[Texts] = NEW_PASSWORD
    hints: ClassVar[Texts] = {"password1": LENGTH_HINT}


class ConfirmPasswordForm(Worded, account.ReauthenticateForm):  # type: ignore[misc]  # untyped base
    """The password again, before something that matters."""

    labels: ClassVar[Texts] = {"password": _("Password")}


class UsedOnce(forms.BaseForm):
    """Refuses a code that was used before for as long as an app's code is valid, clocks a little apart included."""

    def clean_code(self) -> str:
        """Accept the code once per person."""
        code = str(super().clean_code())  # type: ignore[misc]  # the form beside it has it
        key = "second-factor-code:" + hashlib.sha256(f"{self.user.pk}:{code}".encode()).hexdigest()  # type: ignore[attr-defined]
        if not cache.add(key, "used", timeout=CODE_VALID_SECONDS):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(UsedOnce, Worded, second_factor.AuthenticateForm):  # type: ignore[misc]  # untyped base
    """The second step of signing in."""

    labels: ClassVar[Texts] = {"code": _("Code from your authenticator app, or a recovery code")}


class ConfirmSecondFactorForm(UsedOnce, Worded, second_factor.ReauthenticateForm):  # type: ignore[misc]  # untyped base
    """The second step again, before something that matters."""

    labels: ClassVar[Texts] = {"code": _("Code from your authenticator app, or a recovery code")}


class ActivateAppForm(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]  # untyped base
    """The first code of a new authenticator app."""

    labels: ClassVar[Texts] = {"code": _("Code that the app shows now")}


class CredentialField(forms.JSONField):
    """What a passkey answered: JSON in plain ASCII, as browsers write it."""

    def to_python(self, value: Any) -> Any:
        """Refuse what is no such answer. Escapes could smuggle in characters that cannot be stored."""
        is_text = isinstance(value, str)
        if is_text and (len(value) > CREDENTIAL_LENGTH or not value.isascii() or "\\u" in value):
            raise get_adapter().validation_error("incorrect_code")
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:  # endless numbers, and lists in lists
            raise get_adapter().validation_error("incorrect_code") from error


class SignInWithPasskeyForm(webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # untyped base
    """What the passkey answered at sign-in."""

    credential = CredentialField(widget=forms.HiddenInput)


class ConfirmPasskeyForm(webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # untyped base
    """What the passkey answered before something that matters."""

    credential = CredentialField(widget=forms.HiddenInput)


class AddPasskeyForm(Worded, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # untyped base
    """A passkey's name; the device adds the rest."""

    credential = CredentialField(widget=forms.HiddenInput)
    labels: ClassVar[Texts] = {"name": _("Name of the passkey"), "passwordless": _("Sign in with this passkey alone")}
    hints: ClassVar[Texts] = {
        "name": _("For you only, for example: phone."),
        "passwordless": _("Your device will ask for your fingerprint, face or PIN."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(Worded, webauthn.EditWebAuthnForm):  # type: ignore[misc]  # untyped base
    """A passkey's new name."""

    labels: ClassVar[Texts] = {"name": _("Name of the passkey")}
