"""Accepting an invitation. Opening the link changes nothing; only sending the form does."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from makegood.actions.accept_invitation import accept_invitation
from makegood.domain.people import imported
from makegood.domain.people.imported import AddressHasSignIn, Newcomer
from makegood.domain.people.models import Invitation, Person, Role
from makegood.domain.people.operations import InvitationForSomebodyElse, InvitationUnusable, SignInFirst
from makegood.domain.people.queries import find_open_invitation, find_person_by_email
from makegood.domain.schools.models import School
from makegood.refusal import Refusal
from makegood.web import access
from makegood.web.guest.forms import LENGTH_HINT
from makegood.web.guest.zones import LanguageField, NameField, ZoneField
from makegood.web.refusals import words_of
from makegood.web.switching import ROLE_NAMES


class JoinForm(forms.Form):
    """What a new person says about themselves."""

    full_name = NameField()
    zone = ZoneField()
    language = LanguageField()
    password = forms.CharField(
        label=_("Password"),
        help_text=LENGTH_HINT,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": _("Choose a password."),
            "max_length": _("Use at most 128 letters for the password."),
        },
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        """Refuse a password that is short, common, or much like the name or address."""
        password = str(self.cleaned_data["password"])
        person = Person(email=self.email, full_name=self.cleaned_data.get("full_name", ""))
        password_validation.validate_password(password, person)
        return password


@access.anyone_in_school(methods=access.READ_AND_WRITE)
def join(request: HttpRequest, guest: access.Guest, token: str) -> HttpResponseBase:
    """Show what the invitation offers, or accept it."""
    school = guest.school
    assert school is not None
    invitation = find_open_invitation(school_id=school.pk, token=token, now=guest.now)
    if invitation is None or _is_outdone(school, token):
        return _refused(request, school, InvitationUnusable())
    refusal = _refusal_for(guest.person, invitation, is_for_member=imported.is_for_member(token))
    if refusal is not None:
        return _refused(request, school, refusal)
    if guest.person is not None:
        return _join_as(request, guest, school, guest.person, invitation, token)
    return _join_as_new_person(request, guest, school, invitation, token)


def _is_outdone(school: School, token: str) -> bool:
    """Whether the imported member of the invitation was offered to another address since, or is somebody's now."""
    found = imported.find_invited_member(school_id=school.pk, school_slug=school.slug, token=token)
    return imported.is_for_member(token) and found is None


def _refusal_for(person: Person | None, invitation: Invitation, *, is_for_member: bool) -> Refusal | None:
    if person is not None and person.email.lower() != invitation.email.lower():
        return InvitationForSomebodyElse()
    if is_for_member:
        return AddressHasSignIn() if find_person_by_email(email=invitation.email) else None
    return SignInFirst() if person is None and find_person_by_email(email=invitation.email) else None


def _refused(request: HttpRequest, school: School, refusal: Refusal) -> HttpResponseBase:
    is_unusable = isinstance(refusal, InvitationUnusable)
    sign_in_url = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    context = {
        "sentence": words_of(refusal),
        "school": None if is_unusable else school,
        "sign_in_url": sign_in_url if isinstance(refusal, SignInFirst) else "",
        "is_for_somebody_else": isinstance(refusal, InvitationForSomebodyElse),
    }
    return render(request, "guest/join_refused.html", context, status=404 if is_unusable else 409)


def _join_as(
    request: HttpRequest, guest: access.Guest, school: School, person: Person, invitation: Invitation, token: str
) -> HttpResponseBase:
    if request.method == "POST":
        accept_invitation(school=school, token=token, person=person, new_person=None, now=guest.now)
        request.session.cycle_key()
        return redirect("school_home", school=school.slug)
    return render(request, "guest/join.html", {"role": ROLE_NAMES[Role(invitation.role)], "invitation": invitation})


def _join_as_new_person(
    request: HttpRequest, guest: access.Guest, school: School, invitation: Invitation, token: str
) -> HttpResponseBase:
    initial = {"zone": school.zone, "language": school.language}
    form = JoinForm(request.POST if request.method == "POST" else None, email=invitation.email, initial=initial)
    if form.is_bound and form.is_valid():
        accepted = accept_invitation(
            school=school, token=token, person=None, new_person=Newcomer(**form.cleaned_data), now=guest.now
        )
        # The password was typed a moment ago: setting up the second step need not ask for it again.
        record_authentication(request, accepted.person, method="invitation", reauthenticated=True)
        response: HttpResponseBase = perform_login(
            request, Login(user=accepted.person, redirect_url=f"/{school.slug}/")
        )
        return response
    context = {"form": form, "role": ROLE_NAMES[Role(invitation.role)], "invitation": invitation}
    return render(request, "guest/join.html", context, status=422 if form.errors else 200)
