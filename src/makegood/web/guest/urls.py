"""Addresses of signing in. Only what is offered here exists; django-allauth's other pages do not."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.urls import URLPattern, path, re_path

from makegood.web.access import own_sign_in, signing_in
from makegood.web.guest import sign_in

urlpatterns: list[URLPattern] = [
    path("login/", signing_in(sign_in.SignIn.as_view()), name="account_login"),
    path("login/code/", signing_in(account.request_login_code), name="account_request_login_code"),
    path("login/code/enter/", signing_in(account.confirm_login_code), name="account_confirm_login_code"),
    path("login/passkey/", signing_in(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("login/second-step/", signing_in(second_factor.authenticate), name="mfa_authenticate"),
    path("login/demo/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("login/invited-only/", sign_in.invited_only, name="account_signup"),
    path("login/closed/", signing_in(account.account_inactive), name="account_inactive"),
    path("logout/", signing_in(account.logout), name="account_logout"),
    path("password/reset/", signing_in(account.password_reset), name="account_reset_password"),
    path("password/reset/sent/", signing_in(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        signing_in(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        signing_in(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("password/change/", own_sign_in(account.password_change), name="account_change_password"),
    path("password/set/", own_sign_in(account.password_set), name="account_set_password"),
    path("security/", own_sign_in(second_factor.index), name="mfa_index"),
    path("security/needed/", sign_in.second_factor, name="second_factor"),
    path("security/confirm/", own_sign_in(account.reauthenticate), name="account_reauthenticate"),
    path("security/confirm/code/", own_sign_in(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path(
        "security/confirm/passkey/", own_sign_in(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path("security/app/add/", own_sign_in(sign_in.ActivateApp.as_view()), name="mfa_activate_totp"),
    path("security/app/remove/", own_sign_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/passkeys/", own_sign_in(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("security/passkeys/add/", own_sign_in(sign_in.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/rename/", own_sign_in(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("security/passkeys/<int:pk>/remove/", own_sign_in(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("security/recovery-codes/", own_sign_in(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "security/recovery-codes/new/",
        own_sign_in(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "security/recovery-codes/download/",
        own_sign_in(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("security/sessions/", own_sign_in(sessions.list_usersessions), name="usersessions_list"),
]
