"""Documents say what is there: the files they name exist, and the map shows every package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "makegood"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").glob("*.md"))]
# Where a path may start: documents about screens leave out the way to them.
STARTS = (ROOT, SOURCE, SOURCE / "web", SOURCE / "web" / "parts" / "templates")
# Made while running, or on somebody's own machine.
ELSEWHERE = (
    "var/",
    "artifacts/",
    "locale/",
    "log/",
    "mail/",
    "static/",
    "run/",
    "postgres/",
    "/",
    "~",
    ".venv",
    ".tools",
)
# Parts of the frame and of single tags, which no page includes.
FRAME = {"account_menu.html", "field_errors.html", "help.html", "page.html", "statement.html", "steps.html"}
ROLES_THAT_CHANGE_LESSONS = {"desk", "public", "student", "teacher"}
OTHER_WORDS = r"\b(tenants?|tutors?|appointments?|canceled|fines|fined|a fine)\b"


def paths_in(text: str) -> list[str]:
    """Files and folders that a document names in code style or links to; patterns such as `<noun>` are none."""
    quoted = re.findall(r"`([\w.@-]+(?:/[\w.@-]+)*/?)`", text)
    quoted = [path for path in quoted if "/" in path]
    linked = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    return [path for path in [*quoted, *linked] if path and not path.startswith(ELSEWHERE)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_document_names_files_that_exist(document: Path) -> None:
    starts = (*STARTS, document.parent, *SOURCE.glob("domain/*"), *SOURCE.glob("web/*/templates"))
    missing = [
        path
        for path in paths_in(document.read_text(encoding="utf-8"))
        if not any((start / path).exists() for start in starts)
    ]
    assert missing == []


def test_the_map_shows_every_package() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")} - {"migrations"}
    told = set(re.findall(r"\w+", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))
    assert packages - told == set()


def test_the_screens_document_names_every_shared_template() -> None:
    shared = {path.name for path in (SOURCE / "web" / "parts" / "templates" / "parts").glob("*.html")}
    told = set(re.findall(r"`parts/(\w+\.html)`", (ROOT / "docs" / "screens.md").read_text(encoding="utf-8")))
    assert shared - FRAME - told == set()


def test_the_screens_document_names_every_page_of_moving_and_requests() -> None:
    told = set(paths_in((ROOT / "docs" / "screens.md").read_text(encoding="utf-8")))
    about = re.compile(r"move|moving|resched|cancel_|request|approvals|not_asked|desk_doors")
    pages = {
        f"{template.parent.name}/{template.name}"
        for template in SOURCE.glob("web/*/templates/*/*.html")
        if template.parent.name in ROLES_THAT_CHANGE_LESSONS and about.search(template.name)
    }
    assert pages - told == set()


def test_documents_use_the_words_of_the_glossary() -> None:
    strays = [
        f"{document.relative_to(ROOT)}: {match[0]}"
        for document in DOCUMENTS
        if document.name != "glossary.md"
        # Fenced and indented lines show what a program prints or somebody else's words.
        for line in re.sub(r"(?ms)^```.*?^```", "", document.read_text(encoding="utf-8")).splitlines()
        if not line.startswith("    ")
        for match in re.finditer(OTHER_WORDS, line, re.IGNORECASE)
    ]
    assert strays == []


def test_paths_are_found_in_text() -> None:
    text = (
        "See `rules/lint.py`, [more](../docs/x.md#y), `domain/<noun>/` and `var/log/`; `name` and https://x.example/y."
    )
    assert paths_in(text) == ["rules/lint.py", "../docs/x.md"]
