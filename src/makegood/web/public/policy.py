"""Emergencies and cancellations, and the policy in plain words: what everybody may read."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from makegood.domain.people.models import Role
from makegood.domain.policies.queries import InForce, find_version, get_timetable, list_versions
from makegood.rules.plain_words import Document, Section, write_document
from makegood.rules.plain_words.shapes import BulletList, Paragraph, Part
from makegood.rules.policy import Policy
from makegood.web import access

# What everybody needs when something happens; the rest is the penalty policy.
_FOR_EMERGENCIES: Final = ("what-to-do", "what-follows", "reasons")
# Which proof for which reason is looked up afterwards: closed, so that what to do at once is found.
_LONG: Final = "reasons"
# Of a school whose first policy is not in force yet; its page names the situations, and no more.
_MARK_HOURS: Final = 24


@access.anyone_in_school()
def emergencies(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """What to do when, whom to call, what counts."""
    found = _find_in_force(guest)
    document = _write(found.policy) if found else None
    context = {
        "frame": "base.html" if access.is_inside(request) else "base_public.html",
        "reads": _who_reads(request),
        "takes_money": found is not None and found.policy.takes_money,
        "mark_hours": _MARK_HOURS,
        "document_sections": [
            _section(one) | {"is_long": one.code == _LONG} for one in document.sections if one.code in _FOR_EMERGENCIES
        ]
        if document
        else [],
        "version": found.version if found else None,
    }
    return render(request, "public/emergencies.html", context)


@access.anyone_in_school()
def in_force(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """The version in force now."""
    found = _find_in_force(guest)
    if found is None:
        raise Http404
    return _show(request, guest, found)


@access.anyone_in_school()
def version(request: HttpRequest, guest: access.Guest, number: int) -> HttpResponseBase:
    """One version, whether it was in force, is, or comes."""
    assert guest.school is not None
    found = find_version(school_id=guest.school.pk, number=number)
    if found is None:
        raise Http404
    return _show(request, guest, found)


def _who_reads(request: HttpRequest) -> str:
    """Both pages speak to teachers; students, and who may be one, are told where theirs is."""
    visit = getattr(request, "visit", None)
    if visit is None:
        return "anyone"
    return "student" if visit.role is Role.STUDENT else ""


def _find_in_force(guest: access.Guest) -> InForce | None:
    assert guest.school is not None
    return get_timetable(school_id=guest.school.pk).find_at(guest.now)


def _show(request: HttpRequest, guest: access.Guest, found: InForce) -> HttpResponseBase:
    assert guest.school is not None
    document = _write(found.policy)
    timetable = get_timetable(school_id=guest.school.pk)
    current = timetable.find_at(guest.now)
    context = {
        "frame": "base.html" if access.is_inside(request) else "base_public.html",
        "reads": _who_reads(request),
        "policy_title": document.title,
        "opening": [_part(part) for part in document.opening],
        "document_sections": [_section(one) for one in document.sections],
        "version": found.version,
        "is_current": current is not None and current.version.pk == found.version.pk,
        "is_coming": guest.now < found.starts_at,
        "takes_money": found.policy.takes_money,
        # A note of the demo is one of our texts; what a school wrote itself is in no catalog and stays as it is.
        "versions": [
            (one, gettext(one.change_note) if one.change_note else "")
            for one in list_versions(school_id=guest.school.pk)
        ],
    }
    return render(request, "public/policy.html", context)


def _write(policy: Policy) -> Document:
    return write_document(policy)


def _section(section: Section) -> dict[str, Any]:
    return {"code": section.code, "heading": section.heading, "parts": [_part(part) for part in section.parts]}


def _part(part: Part) -> dict[str, Any]:
    """A part with its kind, which the template asks for."""
    if isinstance(part, Paragraph):
        return {"kind": "paragraph", "lines": part.lines}
    if isinstance(part, BulletList):
        return {"kind": "list", "lines": part.lines}
    first_figure = len(part.heads) - part.number_columns
    return {
        "kind": "table",
        "caption": part.caption,
        "heads": [(head, place >= first_figure) for place, head in enumerate(part.heads)],
        "rows": [
            [(cell, part.heads[place], place >= first_figure) for place, cell in enumerate(row)] for row in part.rows
        ],
    }
