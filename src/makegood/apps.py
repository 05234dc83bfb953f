"""The one Django app: it owns every table, so there is one migration history."""

from __future__ import annotations

from django.apps import AppConfig


class MakegoodConfig(AppConfig):
    """Registers the rows of all nouns under the label `makegood`."""

    name = "makegood"
    label = "makegood"
    default_auto_field = "django.db.models.BigAutoField"
