"""What a look finds: without these controls, pages without findings would prove nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.looks import clipped, overflowing, violations

pytestmark = pytest.mark.browser

FAULTY = """<!doctype html><html lang="en"><head><title>Faulty</title><style>
  body { background: #fff; color: #222; }
  @media (prefers-color-scheme: dark) { p { color: #ddd; } }
</style></head><body><main><h1>Faulty</h1><p>Pale in the dark</p><input type="text"></main></body></html>"""
TOO_WIDE = """<!doctype html><html lang="en"><title>Wide</title><main>
  <div style="width: 120px; overflow: hidden; white-space: nowrap">words that a box cuts off in the middle</div>
  <p style="width: 2000px">wide</p></main></html>"""


def rules(found: list[str]) -> set[str]:
    return {line.partition(":")[0] for line in found}


def test_axe_sees_faults_of_structure_once_and_faults_of_color_in_each_theme(chromium_browser: Browser) -> None:
    page = chromium_browser.new_page(color_scheme="light")
    page.set_content(FAULTY)

    in_light = rules(violations(page))
    page.emulate_media(color_scheme="dark")
    colors_in_dark = rules(violations(page, rules="colors"))
    structure_in_dark = rules(violations(page, rules="structure"))
    page.close()

    assert (in_light, colors_in_dark, structure_in_dark) == ({"label"}, {"color-contrast"}, {"label"})


def test_what_is_too_wide_or_cut_off_is_named(chromium_browser: Browser) -> None:
    page = chromium_browser.new_page(viewport={"width": 390, "height": 844})
    page.set_content(TOO_WIDE)

    wide, cut = overflowing(page), clipped(page)
    page.close()

    assert [element[:3] for element in wide] == ["<p "]
    assert [element[:4] for element in cut] == ["<div"]
