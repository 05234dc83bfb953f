"""`python -m makegood.manage`: Django's commands, each with the database login it needs."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

# These change the schema, so they are the owner's; every other command is bound by row-level security.
OWNER_COMMANDS = frozenset({"prepare", "migrate", "createcachetable", "makemigrations", "sqlmigrate", "showmigrations"})
WORKER_COMMANDS = frozenset({"work", "procrastinate"})


def main(arguments: list[str]) -> None:
    """Run one management command; `arguments` starts with the command's name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.site.settings")
    command = next(iter(arguments), "help")
    if command in OWNER_COMMANDS:
        os.environ["MAKEGOOD_DATABASE_LOGIN"] = "owner"
    elif command in WORKER_COMMANDS:
        os.environ.setdefault("MAKEGOOD_PROCESS", "worker")
    execute_from_command_line(["./run manage", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
