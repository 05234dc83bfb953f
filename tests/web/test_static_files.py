"""The one stylesheet: nothing in it that no page uses."""

from __future__ import annotations

import re
from pathlib import Path

import makegood

SOURCE = Path(makegood.__file__).parent
# Made from parts: the price panels are named after their situation and answer.
COMPOSED = {"p1b", "p1n", "p2", "p3"}


def test_every_class_of_the_stylesheet_is_used_somewhere() -> None:
    css = (SOURCE / "web" / "static" / "app.css").read_text(encoding="utf-8")
    selectors = re.sub(r"\{[^{}]*\}", "{}", re.sub(r'/\*.*?\*/|url\([^)]*\)|"[^"]*"', "", css, flags=re.DOTALL))
    text = "\n".join(
        path.read_text(encoding="utf-8") for ending in ("html", "py", "js") for path in SOURCE.rglob(f"*.{ending}")
    )

    classes = set(re.findall(r"\.([a-z][\w-]*)", selectors))

    assert classes - set(re.findall(r"[a-z][\w-]*", text)) - COMPOSED == set()
