"""What goes wrong, as problem details (RFC 9457): the same fields for every endpoint and every reason."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

MEDIA_TYPE: Final = "application/problem+json"
# Below it everything is for programs, whatever refuses it.
PREFIX: Final = "/api/"

_NOT_FOUND: Final = "There is nothing here that you may see."
_DETAILS: Final = {
    HTTPStatus.BAD_REQUEST: "The request could not be read.",
    HTTPStatus.NOT_FOUND: _NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not answer to this method. The Allow header names those it does.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something of ours is broken; it stands in our log. Nothing was changed.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database is away for a moment. Nothing was changed. Try again.",
}
# What an answer keeps when its words become a problem.
_KEPT_HEADERS: Final = ("Allow", "Retry-After")


class Problem(Schema):
    """`type` is always about:blank: the status says what kind of problem it is, `detail` what it is here."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def answer(status: HTTPStatus, detail: str) -> HttpResponse:
    """The problem as an answer."""
    return HttpResponse(write(status, detail), status=status.value, content_type=MEDIA_TYPE)


def write(status: HTTPStatus, detail: str = "") -> bytes:
    """The problem as it is sent, in the words of its status unless it has its own."""
    problem = Problem(title=status.phrase, status=status.value, detail=detail or _DETAILS.get(status, status.phrase))
    return json.dumps(problem.model_dump()).encode()


def nothing_here(_request: HttpRequest, **_parts: str) -> HttpResponse:
    """An address of no endpoint."""
    return answer(HTTPStatus.NOT_FOUND, _NOT_FOUND)


def in_problems(response: HttpResponseBase) -> HttpResponseBase:
    """The answer to a program: what the framework, or a page for people, says of an error becomes a problem."""
    if response.status_code < HTTPStatus.BAD_REQUEST or response.headers.get("Content-Type") == MEDIA_TYPE:
        return response
    problem = answer(HTTPStatus(response.status_code), "")
    for name in _KEPT_HEADERS:
        if name in response.headers:
            problem.headers[name] = response.headers[name]
    return problem


def explain_problems(api: NinjaAPI) -> None:
    """Let every error of the endpoints of `api` be answered so."""

    @api.exception_handler(AuthenticationError)
    def signed_out(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return answer(HTTPStatus.UNAUTHORIZED, "Sign in first: send the cookie of a session.")

    @api.exception_handler(Http404)
    def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return answer(HTTPStatus.NOT_FOUND, _NOT_FOUND)

    @api.exception_handler(ValidationError)
    def unreadable(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        named = ("{}: {}".format(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors)
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(named))

    @api.exception_handler(HttpError)
    def refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(HTTPStatus(error.status_code), str(error))
