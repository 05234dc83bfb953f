"""Rows of published policy versions. Immutable; one in force at a time, each from the first of a month (D23)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PolicyVersion(models.Model):
    """A published policy document, in force from the start of `in_force_from_on` in its `zone` until the next one."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64)
    document = models.TextField()
    document_sha256 = models.CharField(max_length=64)
    in_force_from_on = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    change_note = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "number"), name="policy_version_numbers_are_unique"),
            models.UniqueConstraint(
                fields=("school", "in_force_from_on"), name="one_policy_version_in_force_at_a_time"
            ),
        ]
