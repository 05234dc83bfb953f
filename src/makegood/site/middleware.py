"""What every request and answer has in common: what can be read, the person's language and zone, and no caching."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from makegood.api import problems
from makegood.domain.people.models import Person

Answer = Callable[[HttpRequest], HttpResponseBase]


def refuse_unreadable(answer: Answer) -> Answer:
    """Refuse a NUL in the address before anything reads it: PostgreSQL stores none. A cookie with one is not ours.

    Forms in another encoding never come so far (`site.content_types`).
    """

    def readable(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            return HttpResponse("This address could not be read.\n", status=400, content_type="text/plain")
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return answer(request)

    return readable


def answer_programs(answer: Answer) -> Answer:
    """Let every error below /api/ be a problem, also one that is found before any endpoint, or in none."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        return problems.in_problems(response) if request.path_info.startswith(problems.PREFIX) else response

    return answered


def speak_to_the_person(answer: Answer) -> Answer:
    """Answer somebody signed in with their own language and zone; for others the browser's language and UTC hold."""

    def spoken(request: HttpRequest) -> HttpResponseBase:
        person = request.user
        if not isinstance(person, Person):
            return answer(request)
        language = person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language), timezone.override(person.zone):
            return answer(request)

    return spoken


# Pages, and what programs are answered.
_PRIVATE = ("text/html", "application/json", "application/problem+json")


def keep_pages_private(answer: Answer) -> Answer:
    """Let nobody store a page: the next person at the same computer must not find it with the back button."""

    def private(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if response.headers.get("Content-Type", "").startswith(_PRIVATE):
            response.headers["Cache-Control"] = "no-store"
        return response

    return private
