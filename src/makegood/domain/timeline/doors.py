"""The doors through which something reaches us."""

from __future__ import annotations

from django.db import models


class Door(models.TextChoices):
    """Through which door something reached us."""

    WEB = "web"
    IMPORT = "import"
    COMMAND = "command"
    API = "api"
    PHONE = "phone"
    CHAT = "chat"
    EMAIL = "email"
    SMS = "sms"
    JOB = "job"
