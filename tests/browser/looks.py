"""How a page is looked at: sizes, themes and languages; what is measured; what must hold of every page."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Response

SCREENS = Path(__file__).resolve().parents[2] / "artifacts" / "screens"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Rules = Literal["everything", "colors", "structure"]
# What axe is asked. Half of its time goes into colors, and nothing else depends on the theme, as they on nothing else.
AXE_OPTIONS: dict[Rules, dict[str, Any]] = {
    "everything": {"runOnly": AXE_TAGS},
    "colors": {"runOnly": ["color-contrast"]},
    "structure": {"runOnly": AXE_TAGS, "rules": {"color-contrast": {"enabled": False}}},
}

# axe reads the text of a color anew for each element, a quarter of all it does; a page has some thirty colors.
READ_EACH_COLOR_ONCE = """(() => {
  const { Color } = axe.commons.color, read = Color.prototype.parseString, known = new Map();
  Color.prototype.parseString = function (text) {
    if (!known.has(text)) known.set(text, read.call(new Color(), text));
    const { r, g, b, alpha } = known.get(text);
    return Object.assign(this, { r, g, b, alpha });
  };
})()"""

# Bytes of HTML, CSS and JavaScript after gzip that a page needs (section 11 of the design).
EMERGENCY_BYTES = 30 * 1024
LINK_BYTES = 15 * 1024
PERSON_BYTES = 45 * 1024
STAFF_BYTES = 90 * 1024


@dataclass
class Pictures:
    """Whether pictures are kept: they prove nothing, and each takes a quarter of a second, so for `--pictures` only."""

    are_kept: bool = False


pictures = Pictures()


@dataclass(frozen=True, slots=True)
class Look:
    """A width in pixels, a theme and a language; `ar-xb` is read from right to left."""

    width: int = 1280
    scheme: Literal["light", "dark"] = "light"
    language: str = "en"

    @property
    def name(self) -> str:
        direction = "rtl" if self.language.startswith("ar") else "ltr"
        return f"{self.width}-{self.scheme}-{direction}" + ("" if self.language == "en" else f"-{self.language}")


PHONE = Look(width=390)
DESKTOP = Look(width=1280)
LANGUAGES = ("en", "ar-xb")
NARROWEST = Look(width=320, language="en-xa")


@dataclass
class Watch:
    """What a page said and loaded while it was watched; made before the page is opened."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    loaded: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._received)

    def only_listen(self) -> None:
        """Weigh nothing from here on: where a click leads on, what the page before loaded cannot be read any more."""
        self.page.remove_listener("response", self._received)

    def _said(self, message: ConsoleMessage) -> None:
        # The browser reports every answer of 400 and more; those pages are asked for on purpose.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _received(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.statuses.append(response.status)
        kind = response.headers.get("content-type", "").split(";")[0]
        if kind in {"text/html", "text/css", "text/javascript", "application/javascript"} and response.ok:
            self.loaded[response.url] = _compressed_size(response.body())

    @property
    def bytes_loaded(self) -> int:
        """The gzipped size of the HTML, CSS and JavaScript the page asked for."""
        return sum(self.loaded.values())


@cache
def _compressed_size(body: bytes) -> int:
    return len(gzip.compress(body, 9))


def violations(page: Page, *, rules: Rules = "everything") -> list[str]:
    """What axe finds wrong, one line each: rule, help and the first element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{_axe_script()}; {READ_EACH_COLOR_ONCE}")
    found = page.evaluate(
        "options => axe.run(document, options).then(results => results.violations)",
        AXE_OPTIONS[rules] | {"resultTypes": ["violations"]},
    )
    return [f"{rule['id']}: {rule['help']}: {node['html'][:160]}" for rule in found for node in rule["nodes"][:3]]


@cache
def _axe_script() -> str:
    return Axe().axe_script


def overflowing(page: Page) -> list[str]:
    """The elements that reach past the page's side, so that it scrolls sideways; none when it does not."""
    return list(
        page.evaluate(
            """() => {
              const root = document.documentElement, width = root.clientWidth;
              if (root.scrollWidth <= width) return [];
              return [...document.querySelectorAll("body *")].filter(element => {
                const box = element.getBoundingClientRect();
                return box.width && (box.right > width + 1 || box.left < -1);
              }).slice(-5).map(element => element.outerHTML.slice(0, 120));
            }"""
        )
    )


def clipped(page: Page) -> list[str]:
    """The words and links that a box around them cuts off, where that box cannot be scrolled."""
    return list(
        page.evaluate(
            """() => {
              const found = [];
              for (const element of document.querySelectorAll("main *, .top *")) {
                if (!element.childNodes.length || element.closest(".vh, [hidden], svg, thead")) continue;
                const words = [...element.childNodes].find(node => node.nodeType === 3 && node.data.trim());
                if (!words) continue;
                const range = document.createRange();
                range.selectNode(words);
                const box = range.getBoundingClientRect();
                if (!box.width || !element.checkVisibility()) continue;
                for (let around = element; around && around !== document.body; around = around.parentElement) {
                  const style = getComputedStyle(around);
                  if (style.overflowX === "visible" || style.position === "absolute") continue;
                  if (style.overflowX !== "hidden" && style.overflowX !== "clip") break;
                  const limit = around.getBoundingClientRect();
                  if (limit.width > 1 && (box.right > limit.right + 1 || box.left < limit.left - 1)) {
                    found.push(element.outerHTML.slice(0, 120));
                    break;
                  }
                }
              }
              return found.slice(0, 5);
            }"""
        )
    )


def take_picture(page: Page, *, name: str, look: Look) -> None:
    """Keep a picture of the whole page under artifacts/screens, for people to look at, when they asked for it."""
    if not pictures.are_kept:
        return
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}-{look.name}.png"
    # As tall as the page, or the bar at the foot of a phone would stand in the middle of the picture.
    height = page.evaluate("document.documentElement.scrollHeight")
    before = page.viewport_size
    page.set_viewport_size({"width": look.width, "height": max(height, 844)})
    page.screenshot(path=path, full_page=True, animations="disabled")
    if before is not None:
        page.set_viewport_size(before)


def assert_page_is_sound(
    page: Page, watch: Watch, *, budget: int, status: int = 200, rules: Rules = "everything"
) -> None:
    """What a page owes every look: its status, no violation, no complaint, no sideways scrolling, its budget."""
    assert watch.statuses[-1] == status, f"{page.url} answered {watch.statuses[-1]}"
    assert not watch.complaints, watch.complaints
    wide = overflowing(page)
    assert not wide, f"scrolls sideways: {wide}"
    _end_transitions(page)
    found = violations(page, rules=rules)
    assert not found, "\n".join(found)
    assert watch.bytes_loaded <= budget, watch.loaded


def _end_transitions(page: Page) -> None:
    """Colors on their way from one theme to the other are nobody's colors."""
    page.evaluate(
        """() => {
          for (const animation of document.getAnimations()) {
            animation.effect.getComputedTiming().endTime < Infinity ? animation.finish() : animation.cancel();
          }
        }"""
    )


def assert_sound_in_every_look(
    page: Page, watch: Watch, *, name: str, language: str, budget: int, status: int = 200
) -> None:
    """Turn the open page to both widths and both themes; picture each and hold it to `assert_page_is_sound`.

    Structure is checked once a width, colors in English. From right to left the phone is light and the desk dark.
    """
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844 if width == 390 else 900})
        one = "light" if width == 390 else "dark"
        for scheme in ("light", "dark") if language == "en" else (one,):
            look = Look(width=width, scheme="dark" if scheme == "dark" else "light", language=language)
            page.emulate_media(color_scheme=look.scheme)
            take_picture(page, name=name, look=look)
            assert_page_is_sound(page, watch, budget=budget, status=status, rules=_rules_of(look))


def _rules_of(look: Look) -> Rules:
    if look.language != "en":
        return "structure"
    return "colors" if look.scheme == "dark" else "everything"
