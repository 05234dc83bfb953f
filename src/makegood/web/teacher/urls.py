"""Addresses of teacher pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.teacher import dashboard

app_name = "teacher"
urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
]
