"""The people of the demo that a visitor may sign in as: every role of both schools, and teachers worth meeting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from makegood.demo.schools import (
    AUCKLAND,
    BELGRADE,
    BERLIN,
    BOGOTA,
    DEMO_SCHOOLS,
    DENVER,
    HONOLULU,
    KATHMANDU,
    LARKSPUR,
    MANILA,
    MARIGOLD,
    NAIROBI,
    PARIS,
    SEOUL,
    Home,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# The story of a teacher who joined lately and is on probation.
NEWCOMER: Final = "newcomer"
# Anybody may know it: it opens demo schools only, and the demo's sign-in page shows it.
DEMO_PASSWORD: Final = "makegood-demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Somebody to sign in as. `roles` maps the slug of a school to the codes of the roles held there.

    `story` is the kind of trouble a teacher is in (`mishaps.py`), empty for everybody else; `note` says in one phrase
    why one would sign in as them.
    """

    email: str
    full_name: str
    home: Home
    roles: Mapping[str, tuple[str, ...]]
    note: str | _StrPromise
    story: str = ""
    language: str = "en"


def _one(
    slug: str,
    role: str,
    full_name: str,
    home: Home,
    note: str | _StrPromise,
    story: str = "",
    language: str = "en",
) -> SignIn:
    first_name = full_name.split(" ", maxsplit=1)[0].lower()
    return SignIn(
        email=f"{first_name}@{slug}.example",
        full_name=full_name,
        home=home,
        roles={slug: (role,)},
        note=note,
        story=story,
        language=language,
    )


SIGN_INS: Final = (
    _one(MARIGOLD.slug, "teacher", "Tara Villanueva", MANILA, _("A teacher with a calm month"), "calm"),
    _one(MARIGOLD.slug, "teacher", "Nia Wekesa", NAIROBI, _("A teacher with 3 of 3 this month"), "at_three"),
    _one(MARIGOLD.slug, "teacher", "Joel Cardona", BOGOTA, _("A teacher whose account is paused"), "paused"),
    _one(MARIGOLD.slug, "teacher", "Kai Holloway", HONOLULU, _("A teacher with 2 in one week"), "two_in_a_week"),
    _one(MARIGOLD.slug, "teacher", "Mila Radovac", BELGRADE, _("A new teacher, on probation"), NEWCOMER),
    _one(MARIGOLD.slug, "student", "Sam Hwang", SEOUL, _("A student")),
    _one(MARIGOLD.slug, "desk", "Desi Abad", MANILA, _("Scheduling desk")),
    _one(MARIGOLD.slug, "support", "Olga Fajardo", MANILA, _("Tech support")),
    _one(MARIGOLD.slug, "reviewer", "Rhea Macaraeg", MANILA, _("Dispute reviewer")),
    _one(MARIGOLD.slug, "payroll", "Fin Ocampo", MANILA, _("Payroll")),
    _one(MARIGOLD.slug, "owner", "Owen Salonga", MANILA, _("Owner")),
    _one(LARKSPUR.slug, "teacher", "Tara Lindner", BERLIN, _("A teacher with a calm half-year"), "calm"),
    _one(LARKSPUR.slug, "teacher", "Asha Gurung", KATHMANDU, _("A teacher with 1 missed session"), "at_one"),
    _one(LARKSPUR.slug, "teacher", "Noah Fontaine", DENVER, _("A teacher who is deprioritized"), "deprioritized"),
    _one(LARKSPUR.slug, "teacher", "Mere Ashcroft", AUCKLAND, _("A teacher under review"), "under_review"),
    _one(LARKSPUR.slug, "student", "Sam Perrot", PARIS, _("A student")),
    _one(LARKSPUR.slug, "desk", "Desi Kröger", BERLIN, _("Scheduling desk")),
    _one(LARKSPUR.slug, "support", "Olga Melnyk", BERLIN, _("Tech support")),
    _one(LARKSPUR.slug, "reviewer", "Rhea Teixeira", BERLIN, _("Dispute reviewer")),
    _one(LARKSPUR.slug, "payroll", "Fin Voigt", BERLIN, _("Payroll, in German"), language="de"),
    _one(LARKSPUR.slug, "owner", "Owen Gerlach", BERLIN, _("Owner")),
    SignIn(
        email="robin@both.example",
        full_name="Robin Thackray",
        home=BERLIN,
        roles={MARIGOLD.slug: ("desk", "reviewer"), LARKSPUR.slug: ("desk", "owner")},
        note=_("Several roles in both schools; the menu at the top changes between them"),
    ),
)


def describe_sign_ins() -> str:
    """Whom one may sign in as, school by school, one line each, and the password they share."""
    width = max(len(sign_in.email) for sign_in in SIGN_INS) + 2
    blocks = [_("Sign in as one of these; the password is always {password}").format(password=DEMO_PASSWORD)]
    for demo in DEMO_SCHOOLS:
        lines = [f"  {sign_in.email:{width}}{sign_in.note}" for sign_in in SIGN_INS if demo.slug in sign_in.roles]
        blocks.append("\n".join([demo.name, *lines]))
    return "\n\n".join(blocks) + "\n"
