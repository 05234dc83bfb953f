"""Addresses of support pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.support import queue

app_name = "support"
urlpatterns = [
    path("", queue.queue, name="queue"),
]
