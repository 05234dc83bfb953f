"""What stands before the framework reads a request: what the sender says the bytes are."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.utils.http import parse_header_parameters

from makegood.api import problems

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_UNREADABLE: Final = (HTTPStatus.BAD_REQUEST, "The Content-Type could not be read.")
_OTHER_ENCODING: Final = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send this in UTF-8.")


def answer_readable(application: WSGIApplication) -> WSGIApplication:
    """Refuse forms in another encoding than UTF-8, and let the charset go before the framework sees it.

    Django decodes the address with the charset while it makes the request, before any middleware: some codecs of
    Python decode to what is no text (`zlib`, `undefined`), and its error would be ours. PostgreSQL stores UTF-8.
    """

    def readable(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        content_type = environ.get("CONTENT_TYPE", "")
        if ";" in content_type:
            refusal, environ["CONTENT_TYPE"] = _read(content_type)
            if refusal is not None:
                status, sentence = refusal
                is_for_program = environ.get("PATH_INFO", "").startswith(problems.PREFIX)
                kind = problems.MEDIA_TYPE if is_for_program else "text/plain"
                body = problems.write(status, sentence) if is_for_program else f"{sentence}\n".encode()
                headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
                start_response(f"{status.value} {status.phrase}", headers)
                return [body]
        return application(environ, start_response)

    return readable


def _read(content_type: str) -> tuple[tuple[HTTPStatus, str] | None, str]:
    """Why it is refused, and the type without its charset."""
    try:
        kind, parameters = parse_header_parameters(content_type)
        charset = parameters.get("charset")
        if charset is not None and not _is_utf8(charset):
            return _OTHER_ENCODING, content_type
    except ValueError:  # No parameters, or a NUL in the charset.
        return _UNREADABLE, content_type
    kept = [f'{name}="{_quoted(value)}"' for name, value in parameters.items() if name == "boundary"]
    return None, "; ".join([kind, *kept])


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except LookupError:
        return True  # A name nobody knows says nothing; the bytes are checked when they are read.


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
