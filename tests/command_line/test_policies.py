"""`makegood policy check` and `makegood policy show`."""

from __future__ import annotations

from pathlib import Path

import pytest

from makegood.presets import preset_text
from tests.command_line.commanding import Command


def test_check_of_a_preset_succeeds(command: Command) -> None:
    ran = command("policy", "check", "25hoon")
    assert (ran.status, ran.err) == (0, "")


def test_check_lists_every_problem_of_a_document(command: Command, tmp_path: Path) -> None:
    document = tmp_path / "policy.toml"
    document.write_text(preset_text("25hoon").replace("undo_minutes = 5", "undo_minutes = -5\nredo_minutes = 1"))
    ran = command("policy", "check", str(document))
    assert (ran.status, ran.err, ran.out.count("error: ")) == (1, "", 2)


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"format = ", 1), (b"\xff\xfe", 2), (b"", 2), (b"\xef\xbb\xbf\n", 2), (b"x" * (5 << 20), 2)],
    ids=str,
)
def test_check_of_what_is_no_policy_says_so(command: Command, tmp_path: Path, content: bytes, status: int) -> None:
    document = tmp_path / "policy.toml"
    document.write_bytes(content)
    ran = command("policy", "check", str(document))
    assert ran.status == status
    assert (ran.out if status == 1 else ran.err).strip()
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("name", ["missing.toml", ".", "a\0b", "x" * 5000])
def test_document_that_cannot_be_opened_is_one_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = command("policy", "show", name)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_show_prints_the_school_zone_or_says_that_it_is_open(command: Command) -> None:
    assert "time zone Asia/Manila." in command("policy", "show", "25hoon", "--zone", "Asia/Manila").out
    assert "time zone that the school" in command("policy", "show", "25hoon").out


def test_show_as_html_is_a_whole_page(command: Command) -> None:
    ran = command("policy", "show", "25hoon", "--format", "html")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("<!doctype html>\n")
    assert ran.out.endswith("</html>\n")
    assert "<script" not in ran.out
