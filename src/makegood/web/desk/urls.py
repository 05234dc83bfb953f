"""Addresses of desk pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.desk import queue

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("cases/<str:reference>/", queue.case, name="case"),
]
