"""Rows of the schools themselves; the only product rows that are not inside a school."""

from __future__ import annotations

from django.db import models


class School(models.Model):
    """An online-tutoring company. `slug` is the first part of its addresses; `zone` is an IANA name.

    `pay_day`: the day of the following month on which a month's pay is expected, 1 to 28. Both published rule sets say
    the 15th.
    """

    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64)
    language = models.CharField(max_length=16, default="en")
    desk_email = models.EmailField()
    desk_phone = models.CharField(max_length=32)
    support_email = models.EmailField()
    emergency_phone = models.CharField(max_length=32, blank=True)
    pays_teachers = models.BooleanField(default=True)
    pay_day = models.PositiveSmallIntegerField(default=15, db_default=15)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
