"""The addresses of all pages: signing in, what is one's own, and the pages of each role under their school."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from makegood.web.guest import home, invitation
from makegood.web.guest import settings as own_settings

# What hangs below the first part of an address, the school’s slug.
of_a_school: list[URLPattern | URLResolver] = [
    path("", home.school_home, name="school_home"),
    path("join/<str:token>/", invitation.join, name="join"),
    path("", include("makegood.web.public.urls")),
    path("", include("makegood.web.teacher.urls")),
    path("", include("makegood.web.student.urls")),
    path("desk/", include("makegood.web.desk.urls")),
    path("support/", include("makegood.web.support.urls")),
    path("disputes/", include("makegood.web.reviewer.urls")),
    path("payroll/", include("makegood.web.payroll.urls")),
    path("owner/", include("makegood.web.owner.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("settings/", own_settings.settings_page, name="settings"),
    path("", include("makegood.web.guest.urls")),
    path("<slug:school>/", include(of_a_school)),
]
