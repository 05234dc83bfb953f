"""Asks the product's own pages whether they answer, as a person would reach them."""

from __future__ import annotations

from http.client import HTTPException
from urllib.request import ProxyHandler, Request, build_opener

# A page that takes longer is of no use to somebody whose lesson begins.
_TIMEOUT_SECONDS = 10
_ANSWER = b"ready\n"


def pages_answer(*, address: str, host: str) -> bool:
    """Whether `address`, http or https and without a path, answers at `/ready/`: a page was served and could read.

    `host` is the name and port by which people reach the pages. No proxy of the surroundings is asked: loopback and
    one's own network are reached without.
    """
    try:
        request = Request(f"{address}/ready/", headers={"Host": host})  # noqa: S310 - checked at start
        with build_opener(ProxyHandler({})).open(request, timeout=_TIMEOUT_SECONDS) as answer:
            return bool(answer.read(len(_ANSWER) + 1) == _ANSWER)
    except (OSError, HTTPException, ValueError):
        return False
