"""A student's own lesson credits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.credit_book import show_credit_book


@access.members(Role.STUDENT)
def own_credits(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show how many there are, where they come from and when they expire."""
    book = show_credit_book(school=visit.school, student=visit.membership, now=visit.now)
    return render(request, "student/credits.html", book)
