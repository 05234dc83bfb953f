"""Who may use which page: every view is opened by exactly one of the declarations below.

A view that needs a member is called as `view(request, visit, **parts of the address)` inside the school's database
transaction. What somebody may not see is answered exactly like what does not exist (`web/not_found.py`); somebody
signed out is sent to sign-in in both cases. docs/access.md tells how to add a page to the access matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final, Literal

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from makegood import clock
from makegood.database.retry import run_with_retries
from makegood.domain.people import permissions, queries
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.people.permissions import ROLES_IN_ORDER
from makegood.domain.schools.context import as_person, in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.queries import find_school
from makegood.refusal import Refusal
from makegood.web import section_counts
from makegood.web.refusals import words_of

READ: Final = ("GET", "HEAD")
READ_AND_WRITE: Final = ("GET", "HEAD", "POST")
WRITE: Final = ("POST",)
# Ours are much shorter, and Django refuses to redirect to a very long address.
_LONGEST_ADDRESS: Final = 2_000

Kind = Literal["members", "anyone in school", "signed in", "anyone"]
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Access:
    """What a view declares about itself; the access matrix test reads it from `view.access`."""

    kind: Kind
    roles: tuple[Role, ...]
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Guest:
    """Somebody on a page that needs no membership. `school` is None outside a school, `person` None when signed out."""

    now: datetime
    school: School | None
    person: Person | None


@dataclass(frozen=True)
class Visit:
    """A member on a page of their school. `role` is the one the page is used as: the first declared one they hold.

    `mine` are all their memberships, for the switcher of schools and roles.
    """

    now: datetime
    school: School
    person: Person
    membership: Membership
    roles: frozenset[Role]
    role: Role
    mine: tuple[queries.OwnMembership, ...] = ()


def members(*roles: Role, methods: Collection[str] = READ, keeps_frame: bool = False) -> Callable[[View], View]:
    """Open a page of a school to members who hold one of `roles`; staff need their second factor.

    The view gets a `Visit`. The page's address must start with the school's slug, as `school`. `keeps_frame`: the page
    is the same for all its roles, and stands among the sections of the one that the member comes from.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, school: str, **parts: Any) -> HttpResponseBase:
            person = _person(request)
            if person is None:
                return to_sign_in(request)
            came_as = _came_as(request, school) if keeps_frame else ""
            visit = _visit(request, person, school, sorted(roles, key=lambda role: role != came_as))
            if _lacks_second_factor(request, visit):
                return redirect("second_factor")
            _stand(request, visit)
            return _answered(request, visit.school, lambda: _called(view, request, visit, methods, parts))

        return _declared(guarded, "members", roles, methods)

    return declare


def anyone_in_school(*, methods: Collection[str] = READ) -> Callable[[View], View]:
    """Open a page of a school to everybody, signed in or not. The view gets a `Guest` with its school."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, school: str, **parts: Any) -> HttpResponseBase:
            found = find_school(slug=school)
            if found is None:
                raise Http404
            guest = Guest(now=clock.now(), school=found, person=_person(request))
            _stand_where_last(request, guest)
            return _answered(request, found, lambda: _called(view, request, guest, methods, parts))

        return _declared(guarded, "anyone in school", (), methods)

    return declare


def signed_in(*, methods: Collection[str] = READ) -> Callable[[View], View]:
    """Open a page outside the schools to every signed-in person. The view gets a `Guest` with its person."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            guest = Guest(now=clock.now(), school=None, person=_person(request))
            _stand_where_last(request, guest)
            return _mapped(request, lambda: _called(view, request, guest, methods, parts))

        return _declared(guarded, "signed in", (), methods)

    return declare


def anyone(*, methods: Collection[str] = READ) -> Callable[[View], View]:
    """Open a page outside the schools to everybody. The view gets a `Guest`."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            guest = Guest(now=clock.now(), school=None, person=_person(request))
            return _mapped(request, lambda: _called(view, request, guest, methods, parts))

        return _declared(guarded, "anyone", (), methods)

    return declare


def signing_in(view: View) -> View:
    """Open a page of django-allauth for signing in to everybody; it decides itself what to show to whom."""
    return _of_allauth(view, is_for_everybody=True)


def own_sign_in(view: View) -> View:
    """Open a page of django-allauth about one's own sign-in to every signed-in person."""
    return _of_allauth(view, is_for_everybody=False)


def _of_allauth(view: View, *, is_for_everybody: bool) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if not is_for_everybody and not request.user.is_authenticated:
            return to_sign_in(request)
        if request.method not in READ_AND_WRITE:
            return HttpResponseNotAllowed(READ_AND_WRITE)
        _stand_where_last(request, Guest(now=clock.now(), school=None, person=_person(request)))
        return view(request, **parts)

    return _declared(guarded, "anyone" if is_for_everybody else "signed in", (), READ_AND_WRITE)


def _declared(view: View, kind: Kind, roles: Collection[Role], methods: Collection[str]) -> View:
    view.access = Access(kind=kind, roles=tuple(roles), methods=tuple(methods))  # type: ignore[attr-defined]
    return view


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send somebody to the sign-in page, and from there back to where they wanted to go."""
    wanted = request.get_full_path() if request.method in READ else "/"
    return redirect_to_login(wanted if len(wanted) <= _LONGEST_ADDRESS else "/")


def _person(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def own_memberships(person: Person) -> Sequence[queries.OwnMembership]:
    """The person's memberships in all schools."""
    with as_person(person.pk):
        return queries.list_own_memberships(person_id=person.pk)


def _visit(request: HttpRequest, person: Person, slug: str, roles: Sequence[Role]) -> Visit:
    """The visit of somebody who may use this page. Raises Http404 for anybody else, whatever the reason."""
    mine = own_memberships(person)
    own = next((membership for membership in mine if membership.membership.school.slug == slug), None)
    if own is None:
        raise Http404
    _rotate_when_roles_changed(request, own)
    as_role = next((role for role in roles if role in own.roles), None)
    if as_role is None:
        raise Http404
    return Visit(
        now=clock.now(),
        school=own.membership.school,
        person=person,
        membership=own.membership,
        roles=own.roles,
        role=as_role,
        mine=tuple(mine),
    )


def is_inside(request: HttpRequest) -> bool:
    """Whether the page stands in the frame of a school's members, with their sections around it."""
    return getattr(request, "visit", None) is not None


def _stand(request: HttpRequest, visit: Visit) -> None:
    """Put the frame of the visit around the page, and remember it for pages that belong to no role."""
    request.visit, request.school = visit, visit.school  # type: ignore[attr-defined]
    place = [visit.school.slug, visit.role.value]
    if request.session.get("place") != place:
        request.session["place"] = place


def _came_as(request: HttpRequest, slug: str) -> str:
    """The role in whose frame the person was last, "" where that was in another school or nowhere."""
    last_slug, last_role = request.session.get("place", ("", ""))
    return last_role if last_slug == slug else ""


def _stand_where_last(request: HttpRequest, guest: Guest) -> None:
    """Keep a member in the frame they came from, on pages that belong to no role: settings, the policy."""
    slug, last_role = request.session.get("place", ("", ""))
    if guest.person is None or (guest.school is None and not slug):
        return
    wanted = guest.school.slug if guest.school else slug
    mine = own_memberships(guest.person)
    own = next((one for one in mine if one.membership.school.slug == wanted), None)
    if own is None:
        return
    roles = sorted(own.roles, key=lambda role: (role != last_role or wanted != slug, ROLES_IN_ORDER.index(role)))
    if roles:
        visit = Visit(
            now=guest.now,
            school=own.membership.school,
            person=guest.person,
            membership=own.membership,
            roles=own.roles,
            role=roles[0],
            mine=tuple(mine),
        )
        request.visit, request.school = visit, visit.school  # type: ignore[attr-defined]
        if request.method in READ:
            with in_school(visit.school.pk):
                _count_sections(request, visit)


def _lacks_second_factor(request: HttpRequest, visit: Visit) -> bool:
    is_demo_school = settings.IS_DEMO and visit.school.is_demo
    return permissions.is_second_factor_needed(
        person=visit.person, roles={visit.role}, is_demo_school=is_demo_school
    ) and not has_second_factor(request)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened, or later confirmed, with an authenticator app, a recovery code or a passkey."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, _person(request)))


def has_authenticator(request: HttpRequest) -> bool:
    """Whether the person has an authenticator app or a passkey that could be asked for."""
    return bool(is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


def _rotate_when_roles_changed(request: HttpRequest, own: queries.OwnMembership) -> None:
    """Give the session a new key whenever its privileges in the school are others than at its last request there."""
    school = str(own.membership.school_id)
    seen: dict[str, list[str]] = request.session.get("roles_seen", {})
    current = sorted(own.roles)
    if seen.get(school) == current:
        return
    if school in seen:
        request.session.cycle_key()
        UserSession.objects.create_from_request(request)
    request.session["roles_seen"] = {**seen, school: current}


def _count_sections(request: HttpRequest, visit: Visit) -> None:
    """Let the frame of a page that is read say what waits; inside the school's transaction."""
    if request.method in READ:
        counts = section_counts.count_for(
            role=visit.role,
            roles=visit.roles,
            school_id=visit.school.pk,
            member_id=visit.membership.pk,
            now=visit.now,
        )
        request.section_counts = counts  # type: ignore[attr-defined]


def _called(
    view: View, request: HttpRequest, visit: Visit | Guest, methods: Collection[str], parts: Mapping[str, Any]
) -> HttpResponseBase:
    if request.method not in methods:
        return HttpResponseNotAllowed(methods)
    # The frame of the page reads these (web/parts/context.py).
    request.now = visit.now  # type: ignore[attr-defined]
    if visit.school is not None:
        request.school = visit.school  # type: ignore[attr-defined]
    if isinstance(visit, Visit):
        _count_sections(request, visit)
    response = view(request, visit, **parts)
    if hasattr(response, "render"):
        response.render()  # While the school's rows can still be read.
    return response


def _answered(request: HttpRequest, school: School, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer inside the school's transaction; for somebody signed out in the school's zone."""

    def once() -> HttpResponseBase:
        with in_school(school.pk):
            return answer()

    def inside() -> HttpResponseBase:
        # The loser of a deadlock answers again from its first read; actions inside cannot repeat themselves.
        return run_with_retries(once)

    if request.user.is_authenticated:
        return _mapped(request, inside, school=school)
    # A browser that names its languages was heard by the middleware; for others the school's is the best guess.
    asked = request.headers.get("Accept-Language")
    with translation.override(translation.get_language() if asked else school.language), timezone.override(school.zone):
        return _mapped(request, inside, school=school)


def _mapped(
    request: HttpRequest, answer: Callable[[], HttpResponseBase], *, school: School | None = None
) -> HttpResponseBase:
    """Turn a Refusal into its page, once for all faces. Its transaction was undone before."""
    try:
        return answer()
    except Refusal as refusal:
        sentence = words_of(refusal)
        context = {"sentence": sentence, "code": refusal.code, "school": school}
        response: HttpResponse = render(request, "guest/refused.html", context, status=409)
        return response
