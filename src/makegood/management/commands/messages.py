"""`manage messages [LANGUAGE ...]`: collect the translatable texts, merge them into catalogs, compile what is stale."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages.pofile import write_po
from django.conf import settings

import makegood
from makegood.management.plain_help import PlainHelp
from makegood.wording import catalogs, collection


class Command(PlainHelp):
    """Needs no database and no program outside Python."""

    help = "Collects translatable texts into locale/django.pot and the catalogs of the named languages; compiles them."
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django declares it so

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Languages to start or to bring up to date; those there are already are always brought up to date."""
        parser.add_argument("languages", nargs="*", help="language codes such as de or es")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the template, merge, compile, and say how much of each catalog is translated."""
        folder = Path(settings.LOCALE_PATHS[0])
        collected = collection.collect(Path(makegood.__file__).parent)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "django.pot").open("wb") as file:
            write_po(file, collected, width=120, sort_output=True)
        self.stdout.write(f"{len(collected)} texts")
        there = {path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/django.po")}
        for language in sorted(there | set(options["languages"])):
            catalog = collection.update(collected, folder / language / "LC_MESSAGES" / "django.po")
            done = sum(1 for message in catalog if message.id and message.string and all(_strings(message.string)))
            self.stdout.write(f"{language}: {done} of {len(catalog)} translated")
        self.stdout.write(f"{catalogs.compile_changed(folder)} compiled")


def _strings(translated: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (translated,) if isinstance(translated, str) else tuple(translated)
