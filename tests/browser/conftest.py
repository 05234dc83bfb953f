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
from tests.browser.looks import DESKTOP, PHONE, Look, Watch, pictures

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
    pictures.are_kept = request.config.getoption("--pictures")


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


class Contexts:
    """Browser contexts that are used again: opening one opens a whole window, which takes longer than many a test."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.free: dict[Look, list[BrowserContext]] = {}

    def take(self, look: Look) -> BrowserContext:
        """A context of this kind of screen and language that nobody uses, without cookies, storage and permissions."""
        free = self.free.setdefault(_kind_of(look), [])
        if not free:
            context = self.make(look)
            # The window stays as long as it has a page.
            context.new_page()
            free.append(context)
        context = free.pop()
        context.clear_cookies()
        context.clear_permissions()
        devtools = context.new_cdp_session(context.pages[0])
        devtools.send("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": "all"})
        devtools.detach()
        return context

    def give_back(self, context: BrowserContext, look: Look) -> None:
        """Let others use it; call it once nobody does any more."""
        self.free[_kind_of(look)].append(context)

    def make(self, look: Look, **options: Any) -> BrowserContext:
        """A new one."""
        context = self.browser.new_context(
            locale="en-GB" if look.language == "en" else look.language,
            timezone_id=options.pop("timezone_id", "Asia/Manila"),
            has_touch=look.width < 640,
            base_url=self.address,
            **options,
        )
        context.set_default_timeout(10_000)
        return context


def _kind_of(look: Look) -> Look:
    """What a context cannot change any more: its language, and whether it is touched."""
    return Look(width=PHONE.width if look.width < 640 else DESKTOP.width, language=look.language)


@pytest.fixture(scope="session")
def contexts(browser_and_loop: BrowserAndLoop, server_address: str) -> Contexts:
    """Those of this run."""
    return Contexts(browser_and_loop[0], server_address)


@pytest.fixture
def visit(chromium_browser: Browser, contexts: Contexts) -> Iterator[Visit]:
    """`visit("/path/", look=…, cookies=…)`: the page as of a browser that was never here, and the watch on it.

    `is_alone` or any option of a context: in one of its own, for whoever changes more of it than cookies and storage.
    """
    assert chromium_browser is contexts.browser
    opened: list[Page] = []
    alone: list[BrowserContext] = []

    def go(
        path: str,
        *,
        look: Look = DESKTOP,
        cookies: dict[str, str] | None = None,
        is_alone: bool = False,
        **options: Any,
    ) -> tuple[Page, Watch]:
        if is_alone or options:
            context = contexts.make(look, **options)
            alone.append(context)
        else:
            context = contexts.take(look)
        if cookies:
            context.add_cookies(
                [{"name": name, "value": value, "url": contexts.address} for name, value in cookies.items()]
            )
        page = context.new_page()
        if context not in alone:
            opened.append(page)
            page.on("close", lambda _page: contexts.give_back(context, look))
        page.set_viewport_size({"width": look.width, "height": 844 if look.width < 640 else 900})
        page.emulate_media(color_scheme=look.scheme)
        if context not in alone:
            # What another page loaded counts for this one, too.
            context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        watch = Watch(page)
        page.goto(path)
        return page, watch

    yield go
    for context in alone:
        context.close()
    for page in opened:
        if not page.is_closed():
            page.close()
