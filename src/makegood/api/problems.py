"""What goes wrong, as problem details (RFC 9457): the same fields for every endpoint and every reason."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

MEDIA_TYPE: Final = "application/problem+json"


class Problem(Schema):
    """`type` is always about:blank: the status says what kind of problem it is, `detail` what it is here."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def answer(status: HTTPStatus, detail: str) -> HttpResponse:
    """The problem as an answer."""
    problem = Problem(title=status.phrase, status=status.value, detail=detail)
    return HttpResponse(json.dumps(problem.model_dump()), status=status.value, content_type=MEDIA_TYPE)


def explain_problems(api: NinjaAPI) -> None:
    """Let every error of the endpoints of `api` be answered so."""

    @api.exception_handler(AuthenticationError)
    def signed_out(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return answer(HTTPStatus.UNAUTHORIZED, "Sign in first: send the cookie of a session.")

    @api.exception_handler(Http404)
    def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return answer(HTTPStatus.NOT_FOUND, "There is nothing here that you may see.")

    @api.exception_handler(ValidationError)
    def unreadable(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        named = ("{}: {}".format(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors)
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(named))

    @api.exception_handler(HttpError)
    def refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(HTTPStatus(error.status_code), str(error))
