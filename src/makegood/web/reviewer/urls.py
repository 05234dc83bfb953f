"""Addresses of reviewer pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.reviewer import decision, queue

app_name = "reviewer"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("<str:reference>/", queue.case, name="case"),
    path("<str:reference>/decide/", decision.decide, name="decide"),
]
