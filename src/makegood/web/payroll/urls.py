"""Addresses of payroll pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.payroll import overview

app_name = "payroll"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("<str:month>/", overview.month, name="month"),
    path("<str:month>/<int:membership_id>/", overview.statement, name="statement"),
]
