"""The sign-in page, the second step, and the sign-ins of the demo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from makegood import demo
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.people.queries import DemoSignIn, list_demo_sign_ins
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.queries import list_demo_schools
from makegood.web import access
from makegood.web.switching import landing_of


@dataclass(frozen=True)
class DemoOffer:
    """Somebody to sign in as in a role; `note` says why one would."""

    role: Role
    membership: Membership
    note: str


@dataclass(frozen=True)
class DemoSchool:
    """A school of the demo and the people to sign in as."""

    school: School
    sign_ins: tuple[DemoOffer, ...]


def demo_schools() -> list[DemoSchool]:
    """What the demo's sign-in page offers; nothing in an installation that is not the demo."""
    if not settings.IS_DEMO:
        return []
    offered = []
    for school in sorted(list_demo_schools(), key=_place):
        with in_school(school.pk):
            found = list_demo_sign_ins(school_id=school.pk)
        offered.append(DemoSchool(school=school, sign_ins=_offers(found)))
    return [school for school in offered if school.sign_ins]


def _place(school: School) -> int:
    slugs = demo.school_slugs
    return slugs.index(school.slug) if school.slug in slugs else len(slugs)


def _offers(found: Sequence[DemoSignIn]) -> tuple[DemoOffer, ...]:
    """Each person once, as the first of the roles held here; who holds several stands last."""
    held = Counter(one.membership.pk for one in found)
    first = {one.membership.pk: one for one in reversed(found)}
    ordered = sorted(found, key=lambda one: held[one.membership.pk] > 1)
    return tuple(
        DemoOffer(role=one.role, membership=one.membership, note=_note(one, has_several=held[one.membership.pk] > 1))
        for one in ordered
        if first[one.membership.pk] is one
    )


def _note(offer: DemoSignIn, *, has_several: bool) -> str:
    """What the demo tells of this person beyond the role, empty for anybody else."""
    if offer.role != Role.TEACHER and not has_several:
        return ""
    notes = {sign_in.email: sign_in.note for sign_in in demo.sign_ins}
    return str(notes.get(offer.membership.person.email, ""))


class SignIn(LoginView):  # type: ignore[misc]  # untyped base
    """E-mail address and password, the ways around them, and the demo's buttons."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the demo's sign-ins."""
        return super().get_context_data(**context) | {"demo_schools": demo_schools()}  # type: ignore[no-any-return]


class DemoChoice(forms.Form):
    """Which school of the demo, as which role, and as whom; without a code as the first who holds the role."""

    school = forms.SlugField()
    role = forms.ChoiceField(choices=Role.choices)
    member = forms.CharField(max_length=80, required=False)


@access.anyone(methods=access.WRITE)
def demo_sign_in(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """Sign in as the demo's person for a role; in any other installation this address does not exist.

    Only what the page itself offers can be chosen, so no other person can be reached this way.
    """
    choice = DemoChoice(request.POST)
    if not settings.IS_DEMO or not choice.is_valid():
        raise Http404
    limited: HttpResponseBase | None = ratelimit.consume_or_429(request, action="demo_sign_in")
    if limited:
        return limited
    person = _offered(
        school_slug=choice.cleaned_data["school"],
        role=Role(choice.cleaned_data["role"]),
        member=choice.cleaned_data["member"],
    )
    if request.user.is_authenticated:
        request.session.flush()
    record_authentication(request, person, method="demo")
    landing = landing_of(role=Role(choice.cleaned_data["role"]), school_slug=choice.cleaned_data["school"])
    response: HttpResponseBase = perform_login(request, Login(user=person, redirect_url=landing))
    return response


def _offered(*, school_slug: str, role: Role, member: str) -> Person:
    for school in demo_schools():
        for offer in school.sign_ins:
            is_chosen = school.school.slug == school_slug and offer.role == role
            if is_chosen and offer.membership.person.is_demo and member in {"", offer.membership.code}:
                return offer.membership.person
    raise Http404


@access.anyone()
def invited_only(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """Where somebody looks who wants to sign up: schools invite."""
    return render(request, "guest/invited_only.html")


@access.signed_in()
def second_factor(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """Tell staff that their pages need a second step, and how to set one up or confirm it."""
    if access.has_second_factor(request):
        return redirect("home")
    return render(request, "guest/second_factor.html", {"has_one": access.has_authenticator(request)})


class ActivateApp(ActivateTOTPView):  # type: ignore[misc]  # untyped base
    """Setting up an authenticator app proves it, so this session counts as confirmed."""

    def form_valid(self, form: forms.Form) -> HttpResponseBase:
        """Keep the app, then remember in the session that it was shown."""
        response: HttpResponseBase = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="totp")
        return response


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]  # untyped base
    """Adding a passkey proves it, so this session counts as confirmed."""

    def form_valid(self, form: forms.Form) -> HttpResponseBase:
        """Keep the passkey, then remember in the session that it was shown."""
        response: HttpResponseBase = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="webauthn")
        return response
