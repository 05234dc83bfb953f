"""A real browser and a real server. Tests ask for `visit`; `at` fixes the clock of both ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from makegood import clock
from makegood.wording import pseudo
from tests.browser import chromium
from tests.browser.looks import DESKTOP, Look, Watch, pictures

Visit = Callable[..., tuple[Page, Watch]]
BrowserAndLoop = tuple[Browser, asyncio.AbstractEventLoop]


@pytest.fixture(scope="session")
def browser_and_loop() -> Iterator[BrowserAndLoop]:
    """One browser for the whole run; without one the tests fail and say what to install."""
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    with sync_playwright() as playwright:
        # Its synchronous interface leaves a running event loop in this thread, in which no other test could start one
        # or read the database: it is put away between browser tests.
        loop = asyncio.get_running_loop()
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def keep_pictures(request: pytest.FixtureRequest) -> None:
    """As the command line asks."""
    pictures.of_every_language = request.config.getoption("--pictures")


@pytest.fixture
def chromium_browser(browser_and_loop: BrowserAndLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """The browser, for the time of one test."""
    browser, loop = browser_and_loop
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    asyncio._set_running_loop(loop)
    yield browser
    # Django keeps the connections of a thread with a loop apart from those without one; nobody else would close these.
    connections.close_all()
    asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def server_address() -> Iterator[str]:
    """The product on a port of its own, answering with the database Django has in this test."""
    server = LiveServerThread("localhost", StaticFilesHandler, port=0)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    server.terminate()
    server.join()


@pytest.fixture(autouse=True)
def addresses_and_languages(settings: Any) -> None:
    """The style guide and the two pseudo-languages exist during a browser test only."""
    settings.ROOT_URLCONF = "tests.browser.urls"
    settings.LANGUAGES = [*settings.LANGUAGES, *pseudo.LANGUAGES]
    pseudo.install()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`at(instant)`: the server's clock stands there, and so does that of every page visited afterwards."""

    def stand(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    return stand


@pytest.fixture
def visit(chromium_browser: Browser, server_address: str) -> Iterator[Visit]:
    """`visit("/path/", look=…, cookies=…)`: the page in a fresh browser context, and the watch on it."""
    contexts: list[BrowserContext] = []

    def go(
        path: str, *, look: Look = DESKTOP, cookies: dict[str, str] | None = None, **options: Any
    ) -> tuple[Page, Watch]:
        context = chromium_browser.new_context(
            viewport={"width": look.width, "height": 844 if look.width < 640 else 900},
            color_scheme=look.scheme,
            locale="en-GB" if look.language == "en" else look.language,
            timezone_id="Asia/Manila",
            has_touch=look.width < 640,
            base_url=server_address,
            **options,
        )
        contexts.append(context)
        if cookies:
            context.add_cookies(
                [{"name": name, "value": value, "url": server_address} for name, value in cookies.items()]
            )
        context.set_default_timeout(10_000)
        page = context.new_page()
        watch = Watch(page)
        page.goto(path)
        return page, watch

    yield go
    for context in contexts:
        context.close()
