"""Addresses of reviewer pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.reviewer import queue

app_name = "reviewer"
urlpatterns = [
    path("", queue.queue, name="queue"),
]
