"""The one Django app: it owns every table, so there is one migration history."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from makegood.database.instants import read_instants
from makegood.database.statements import keep_plans


class MakegoodConfig(AppConfig):
    """Registers the rows of all nouns under the label `makegood`."""

    name = "makegood"
    label = "makegood"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every new connection read instants the fast way and keep its plans. Only a signal tells of one."""
        connection_created.connect(read_instants, dispatch_uid="makegood.read_instants")
        connection_created.connect(keep_plans, dispatch_uid="makegood.keep_plans")
