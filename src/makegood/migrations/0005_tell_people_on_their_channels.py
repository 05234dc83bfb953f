"""Holds its place in the order."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Nothing yet."""

    dependencies: ClassVar = [("makegood", "0004_keep_availability")]
    operations: ClassVar = []
