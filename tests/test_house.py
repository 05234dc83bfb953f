"""The house rules a machine can check: sizes, names, imports, time, and what may be written where."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verbs import list_verbs

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "makegood"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

MODULE_LINES = 400
FUNCTION_LINES = 70

# The faces read the clock; so does the process supervisor, which measures its own children.
CLOCK_READERS = {"web", "api", "jobs", "management", "command_line", "cli.py", "live", "clock.py", "site"}

# Words that stand for something the glossary names otherwise. Left: what is banned in names; right: what to say.
BANNED_IN_NAMES = {
    "tenant": "school",
    "org": "school",
    "organization": "school",
    "tutor": "teacher",
    "appointment": "lesson",
    "appt": "lesson",
    "fine": "penalty",
    "fines": "penalty",
    "utils": "a name for its topic",
    "helpers": "a name for its topic",
    "helper": "a name for its topic",
    "manager": "a name for what it does",
    "common": "a name for its topic",
    "misc": "a name for its topic",
    "canceled": "cancelled",
}
# Django and the standard library own these names.
ALLOWED_NAMES = {
    "PersonManager",
    "BaseUserManager",
    "contextmanager",
    "asynccontextmanager",
    "ContextManager",
    "BaseManager",
}

# Functions that nothing in the product calls, each with its reason.
USED_BY_OTHERS = {
    "facts_from_json": "reads back what an assessment saw; a property re-rates with it",
    "load_preset": "the library's own entrance to the shipped policies",
}

# What never appears in the repository's own text.
BANNED_IN_TEXT = ("pypi.org", "registry.npmjs", "files.pythonhosted", "deb.debian.org", "TODO", "FIXME", "XXX", "HACK")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def words_of(identifier: str) -> set[str]:
    """The words of an identifier: `PolicyVersion` and `policy_version` both give policy and version."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", identifier)}


def defined_names(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def test_modules_are_short_enough_to_read() -> None:
    long = [
        f"{named(path)}: {lines} lines"
        for path in [*MODULES, *TESTS]
        if (lines := path.read_text(encoding="utf-8").count("\n")) > MODULE_LINES
    ]
    assert long == []


# `history_uploads` keeps files on disk for a page and a job, and is how both come to the one verb that imports.
CALLS_A_VERB = {("history_uploads", "import_history")}


def test_no_verb_calls_another_verb() -> None:
    verbs = list_verbs()
    called = {
        (path.stem, name)
        for path in (SOURCE / "actions").glob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("makegood.actions")
        for name in {(node.module or "").rpartition(".")[2], *(one.name for one in node.names)}
        if name in verbs
    }
    assert "book_lesson" in verbs
    assert called == CALLS_A_VERB


def test_functions_are_short_enough_to_read_aloud() -> None:
    long = [
        f"{named(path)}:{node.lineno} {node.name}: {size} lines"
        for path in [*MODULES, *TESTS]
        for node in functions_of(path)
        if (size := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert long == []


def test_every_package_and_module_says_what_it_is_for() -> None:
    silent = [named(path) for path in MODULES if ast.get_docstring(tree_of(path)) is None]
    assert silent == []


def test_public_functions_of_the_rules_are_documented() -> None:
    silent = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in MODULES
        if path.is_relative_to(SOURCE / "rules") or path.is_relative_to(SOURCE / "quantities")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_names_use_the_glossary() -> None:
    strays = [
        f"{named(path)}:{line} {name}: say {BANNED_IN_NAMES[word]}"
        for path in MODULES
        for line, name in defined_names(path)
        if name not in ALLOWED_NAMES
        for word in sorted(words_of(name) & BANNED_IN_NAMES.keys())
    ]
    strays += [
        f"{named(path)}: say {BANNED_IN_NAMES[word]}"
        for path in MODULES
        for word in sorted(words_of(path.stem) & BANNED_IN_NAMES.keys())
    ]
    assert strays == []


def test_code_says_lesson_and_never_session_for_a_lesson() -> None:
    # Sign-ins have sessions, and so has the database driver; a lesson has not.
    strays = [
        f"{named(path)}:{line} {name}"
        for path in MODULES
        if any(path.is_relative_to(SOURCE / place) for place in ("domain", "actions", "rules", "reports"))
        for line, name in defined_names(path)
        if words_of(name) & {"session", "sessions"} and "domain/people" not in named(path)
    ]
    assert strays == []


def test_nobody_reads_the_clock_outside_a_face() -> None:
    readers = []
    for path in MODULES:
        if path.relative_to(SOURCE).parts[0] in CLOCK_READERS:
            continue
        for node in ast.walk(tree_of(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value)
            reads_clock = node.func.attr in {"now", "utcnow", "today"} and owner.split(".")[-1] in {
                "datetime", "date", "timezone", "clock",
            }  # fmt: skip
            if reads_clock:
                readers.append(f"{named(path)}:{node.lineno} {ast.unparse(node.func)}")
    assert readers == []


def test_no_time_is_naive() -> None:
    naive = [
        f"{named(path)}:{node.lineno} {ast.unparse(node)[:60]}"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (
            (ast.unparse(node.func) in {"datetime", "datetime.datetime"}
             and len(node.args) < 8 and not any(keyword.arg in {"tzinfo", None} for keyword in node.keywords))
            or ast.unparse(node.func).endswith(("utcnow", "utcfromtimestamp"))
        )
    ]  # fmt: skip
    assert naive == []


def noun_of(path: Path) -> str | None:
    parts = path.relative_to(SOURCE).parts
    return parts[1] if parts[0] == "domain" and len(parts) > 2 else None


def test_rows_are_written_only_by_their_own_noun() -> None:
    """Actions and faces call operations; nobody else writes rows."""
    writers = []
    write_calls = {
        "create",
        "bulk_create",
        "update",
        "bulk_update",
        "get_or_create",
        "update_or_create",
        "delete",
        "save",
    }
    for path in MODULES:
        place = path.relative_to(SOURCE).parts[0]
        if place not in {"actions", "reports", "web", "api", "jobs"}:
            continue
        for node in ast.walk(tree_of(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in write_calls
                and ".objects" in ast.unparse(node.func.value)
            ):
                writers.append(f"{named(path)}:{node.lineno} {ast.unparse(node.func)}")
    assert writers == []


def test_rows_are_read_only_by_their_own_noun_and_by_reports() -> None:
    """Everybody else asks the noun's queries and operations, so that one place knows how its rows are found."""
    strays = []
    for path in MODULES:
        if path.relative_to(SOURCE).parts[0] == "reports":
            continue
        tree = tree_of(path)
        nouns = {
            alias.asname or alias.name: node.module.split(".")[2]
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and re.fullmatch(r"makegood\.domain\.\w+\.models", node.module or "")
            for alias in node.names
        }
        strays += [
            f"{named(path)}:{node.lineno} {ast.unparse(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr == "objects"
            and nouns.get(ast.unparse(node.value), noun_of(path)) != noun_of(path)
        ]
    assert strays == []


def test_reports_never_write() -> None:
    writers = [
        f"{named(path)}:{node.lineno} {ast.unparse(node.func)}"
        for path in MODULES
        if path.is_relative_to(SOURCE / "reports")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            node.func.attr in {"save", "create", "bulk_create", "bulk_update", "get_or_create", "select_for_update"}
            or (node.func.attr in {"update", "delete"} and ".objects" in ast.unparse(node.func.value))
        )
    ]
    assert writers == []


def test_everything_defined_is_used() -> None:
    """What a later screen needs comes with that screen. Decorated functions register themselves."""
    texts = [
        path.read_text(encoding="utf-8")
        for path in SOURCE.rglob("*")
        if path.suffix in {".py", ".html"} and "migrations" not in path.parts
    ]
    used = Counter(word for text in texts for word in re.findall(r"\w+", text))
    used.update(re.findall(r"\w+", (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    unused = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list and used[node.name] == 1
        if node.name not in USED_BY_OTHERS
    ]
    assert unused == []


def test_no_import_is_for_type_checkers_alone() -> None:
    """It would tie what it names all the same, and hide a circle."""
    hidden = [
        named(path)
        for path in MODULES
        if path.relative_to(SOURCE).parts[0]
        in {"rules", "quantities", "domain", "actions", "reports", "wording", "web"}
        and "TYPE_CHECKING" in path.read_text(encoding="utf-8")
    ]
    assert hidden == []


def test_nobody_catches_everything() -> None:
    broad = [
        f"{named(path)}:{node.lineno}"
        for path in [*MODULES, *TESTS]
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    ]
    assert broad == []


def test_there_are_no_signals() -> None:
    users = [
        named(path)
        for path in MODULES
        if re.search(r"django\.(dispatch|db\.models\.signals|core\.signals)", path.read_text(encoding="utf-8"))
    ]
    assert users == []


def test_imports_stand_at_the_top() -> None:
    """An inline import carries a reason from the closed list: `cycle`, `slow`, `optional`, `setup`."""
    inline = []
    for path in MODULES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in functions_of(path):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom) and not re.search(
                    r"# .*inline: (cycle|slow|optional|setup)", lines[node.lineno - 1]
                ):
                    inline.append(f"{named(path)}:{node.lineno} {ast.unparse(node)}")
    assert inline == []


def test_every_test_asserts_something() -> None:
    empty = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in TESTS
        for node in functions_of(path)
        if node.name.startswith("test_")
        and not any(isinstance(inner, ast.Assert | ast.With | ast.Call) for inner in ast.walk(node))
    ]
    assert empty == []


def test_nothing_is_skipped() -> None:
    skipped = [
        f"{named(path)}:{number}"
        for path in TESTS
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"pytest\.(mark\.)?(skip|xfail)|skipif|importorskip", line)
    ]
    assert skipped == []


def repository_texts() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    binary = {".png", ".ico", ".mo", ".woff2", ".jpg", ".gz"}
    return [ROOT / name for name in listed if name and Path(name).suffix not in binary and (ROOT / name).is_file()]


@pytest.mark.parametrize("banned", BANNED_IN_TEXT)
def test_the_repository_names_no_registry_and_leaves_no_loose_ends(banned: str) -> None:
    found = [
        named(path)
        for path in repository_texts()
        if path != Path(__file__).resolve() and "vendor" not in path.parts
        if banned in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


def test_words_of_splits_identifiers() -> None:
    assert words_of("PolicyVersion_fines") == {"policy", "version", "fines"}
