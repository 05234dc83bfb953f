"""The help of our commands lists what one needs; what Django adds still works."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import get_commands, load_command_class

from makegood.management.plain_help import PlainHelp

OURS = sorted(name for name, app in get_commands().items() if app == "makegood")


def parser_of(name: str) -> Any:
    return load_command_class("makegood", name).create_parser("./run manage", name)


@pytest.mark.parametrize("name", OURS)
def test_help_lists_no_option_that_nobody_needs(name: str) -> None:
    said = parser_of(name).format_help()

    assert [
        option for option in sorted({*PlainHelp.suppressed_base_arguments, "--skip-checks"}) if option in said
    ] == []
    assert "--help" in said


def test_hidden_options_still_work() -> None:
    read = parser_of("import_history").parse_args(["x.csv", "--school", "marigold", "--no-color", "--verbosity", "0"])

    assert (read.no_color, read.verbosity) == (True, 0)
