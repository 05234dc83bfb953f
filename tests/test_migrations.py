"""Migrations: complete, and named for what they do."""

from __future__ import annotations

import re

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_migrations_describe_every_model() -> None:
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))

    changes = detector.changes(graph=loader.graph, trim_to_apps={"makegood"})

    assert {app: [migration.operations for migration in found] for app, found in changes.items()} == {}


def test_migrations_are_one_line_of_names_that_say_what_they_do() -> None:
    names = sorted(name for app, name in MigrationLoader(None).disk_migrations if app == "makegood")

    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert [name for name in names if re.search(r"_(auto|initial|alter|merge|remove|rename)_|_initial$", name)] == []
