"""The owner's list of people: who holds which role since when, inviting, granting and ending roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.invite_person import InvitationNotSent, invite_imported_member, invite_person
from makegood.domain.notifications.invitations import send_invitation
from makegood.domain.people import imported, operations, queries
from makegood.domain.people.imported import AddressOfAnotherMember, NotImported
from makegood.domain.people.models import Invitation, Role
from makegood.domain.people.permissions import ROLES_IN_ORDER
from makegood.domain.people.queries import Member
from makegood.web import access
from makegood.web.refusals import words_of
from makegood.web.switching import ROLE_NAMES

PEOPLE_PER_PAGE = 50
# First in the list, so that nobody is made an owner by not looking.
NO_ROLE_YET: Final = ("", _("Choose a role"))


class SearchForm(forms.Form):
    """What to look for, and which page of it."""

    search = forms.CharField(required=False, max_length=80, label=_("Name, code or e-mail address"))
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)


class RoleForm(forms.Form):
    """One of the seven roles."""

    role = forms.ChoiceField(
        choices=[NO_ROLE_YET, *((role.value, ROLE_NAMES[role]) for role in ROLES_IN_ORDER)],
        label=_("Role"),
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role of the list.")},
    )


class AddressForm(forms.Form):
    """The address an invitation goes to."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Type the e-mail address of the person."),
            "invalid": _("This is not an e-mail address. It should look like name@example.com."),
        },
    )


class InviteForm(AddressForm, RoleForm):
    """Whom to invite, and as what."""

    field_order = ("email", "role")


@access.members(Role.OWNER)
def people(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List members with their roles, and the open invitations."""
    form = SearchForm(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {"search": "", "page": None}
    page = wanted["page"] or 1
    found = queries.list_members(
        school_id=visit.school.pk,
        search=wanted["search"].strip(),
        limit=PEOPLE_PER_PAGE + 1,
        offset=(page - 1) * PEOPLE_PER_PAGE,
    )
    context = {
        "search_form": SearchForm(initial={"search": wanted["search"]}),
        "search": wanted["search"],
        "members": found[:PEOPLE_PER_PAGE],
        "imported_ids": {
            member.membership.pk
            for member in found
            if imported.is_imported(person=member.membership.person, school_slug=visit.school.slug)
        },
        "previous_page": page - 1 if page > 1 else None,
        "next_page": page + 1 if len(found) > PEOPLE_PER_PAGE else None,
        "invitations": queries.list_open_invitations(school_id=visit.school.pk, now=visit.now),
    }
    return render(request, "owner/people.html", context)


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def invite(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Ask whom to invite, or invite them by e-mail."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _invite(visit, email=form.cleaned_data["email"], role=Role(form.cleaned_data["role"]))
        except InvitationNotSent as refusal:
            form.add_error(None, words_of(refusal))
        else:
            messages.success(request, gettext("The invitation is on its way."))
            return redirect("owner:people", school=visit.school.slug)
    return render(request, "owner/invite.html", {"form": form}, status=422 if form.errors else 200)


def _invite(visit: access.Visit, *, email: str, role: Role) -> None:
    invite_person(
        school=visit.school, email=email, role=role, invited_by=visit.person, send=_sender(visit), now=visit.now
    )


def _sender(visit: access.Visit) -> Callable[[Invitation, str], None]:
    def send(invitation: Invitation, token: str) -> None:
        send_invitation(school=visit.school, invitation=invitation, token=token)

    return send


@access.members(Role.OWNER, methods=access.WRITE)
def invite_member(request: HttpRequest, visit: access.Visit, membership_id: int) -> HttpResponseBase:
    """Invite the real person of an imported member to exactly that membership."""
    member = _member(visit, membership_id)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            invite_imported_member(
                school=visit.school,
                membership_id=member.membership.pk,
                email=form.cleaned_data["email"],
                invited_by=visit.person,
                send=_sender(visit),
                now=visit.now,
            )
        except (InvitationNotSent, NotImported) as refusal:
            form.add_error(None, words_of(refusal))
        except AddressOfAnotherMember as refusal:
            form.add_error("email", words_of(refusal))
        else:
            messages.success(request, gettext("The invitation is on its way."))
            return redirect("owner:person", school=visit.school.slug, membership_id=membership_id)
    return _show(request, visit, member, address_form=form)


@access.members(Role.OWNER)
def person(request: HttpRequest, visit: access.Visit, membership_id: int) -> HttpResponseBase:
    """Show one member, every role with who gave and who took it, and what can be granted."""
    return _show(request, visit, _member(visit, membership_id))


@access.members(Role.OWNER, methods=access.WRITE)
def grant(request: HttpRequest, visit: access.Visit, membership_id: int) -> HttpResponseBase:
    """Give the member a role."""
    member = _member(visit, membership_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, member, role_form=form)
    role = Role(form.cleaned_data["role"])
    operations.grant_role(
        school_id=visit.school.pk, membership_id=member.membership.pk, role=role, granted_by=visit.person, now=visit.now
    )
    messages.success(request, gettext("The role is granted: {role}.").format(role=ROLE_NAMES[role]))
    return redirect("owner:person", school=visit.school.slug, membership_id=membership_id)


@access.members(Role.OWNER, methods=access.WRITE)
def end(request: HttpRequest, visit: access.Visit, membership_id: int) -> HttpResponseBase:
    """Take a role from the member. Raises LastOwnerStays."""
    member = _member(visit, membership_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, member, role_form=form)
    role = Role(form.cleaned_data["role"])
    operations.end_role(
        school_id=visit.school.pk, membership_id=member.membership.pk, role=role, ended_by=visit.person, now=visit.now
    )
    messages.success(request, gettext("The role has ended: {role}.").format(role=ROLE_NAMES[role]))
    if member.membership.pk == visit.membership.pk and role == Role.OWNER:
        return redirect("school_home", school=visit.school.slug)
    return redirect("owner:person", school=visit.school.slug, membership_id=membership_id)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    member: Member,
    *,
    role_form: RoleForm | None = None,
    address_form: AddressForm | None = None,
) -> HttpResponseBase:
    """The page, with the form that was refused; the list of form problems names that one."""
    held = {grant.role for grant in member.live_grants}
    grantable = [(role, ROLE_NAMES[role]) for role in ROLES_IN_ORDER if role not in held]
    roles = role_form or RoleForm()
    if role_form is None:
        roles.fields["role"].choices = [NO_ROLE_YET, *grantable] if grantable else []  # type: ignore[attr-defined]
    shown = address_form or roles
    context = {
        "member": member,
        "form": shown,
        "role_form": roles,
        "address_form": address_form or AddressForm(),
        "is_imported": imported.is_imported(person=member.membership.person, school_slug=visit.school.slug),
        "invitation": imported.find_invitation_to(
            member=member.membership, school_slug=visit.school.slug, now=visit.now
        ),
    }
    return render(request, "owner/person.html", context, status=422 if shown.errors else 200)


def _member(visit: access.Visit, membership_id: int) -> Member:
    member = queries.find_member(school_id=visit.school.pk, membership_id=membership_id)
    if member is None:
        raise Http404
    return member
