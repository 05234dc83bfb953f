"""`makegood policy check` and `makegood policy show`."""

from __future__ import annotations

from enum import StrEnum
from typing import TextIO

from makegood.command_line.choosing import choose_policy_to_show, load_to_check, read_document
from makegood.rules.documents import InvalidPolicy
from makegood.rules.lint import Severity, lint
from makegood.rules.plain_words import write_document
from makegood.rules.plain_words.english_html import render_html
from makegood.rules.plain_words.english_text import render_text


class ShownAs(StrEnum):
    """How a policy is printed."""

    TEXT = "text"
    HTML = "html"


def show(name: str, *, zone: str | None, shown_as: ShownAs, out: TextIO) -> None:
    """Print the policy in plain words. Raises Mistake."""
    chosen = choose_policy_to_show(name, zone=zone)
    document = write_document(chosen.policy, is_zone_chosen=chosen.is_zone_chosen)
    out.write(render_html(document) if shown_as is ShownAs.HTML else render_text(document))


def check(name: str, *, out: TextIO) -> int:
    """Print every problem, else every finding of the lint. Raises Mistake.

    Returns the exit status: 1 when there is a problem or the lint finds an error.
    """
    text = read_document(name)
    try:
        policy = load_to_check(text)
    except InvalidPolicy as error:
        out.writelines(f"error: {problem}\n" for problem in error.problems)
        return 1
    findings = lint(policy)
    out.writelines(
        f"{finding.severity}: {finding.where}: {finding.what} {finding.how_to_fix}\n" for finding in findings
    )
    if any(finding.severity is Severity.ERROR for finding in findings):
        return 1
    out.write(f"{policy.name} version {policy.version} can be used.\n")
    return 0
