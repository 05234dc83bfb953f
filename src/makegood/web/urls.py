"""The addresses of all pages: signing in, what is one's own, and the pages of each role under their school."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from makegood.web.guest import calendar_feed, home, invitation, notifications, push_browsers
from makegood.web.guest import settings as own_settings
from makegood.web.public import not_agreed, not_asked

# What hangs below the first part of an address, the school’s slug.
of_a_school: list[URLPattern | URLResolver] = [
    path("", home.school_home, name="school_home"),
    path("join/<str:token>/", invitation.join, name="join"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/calendar/", notifications.renew_calendar, name="renew_calendar"),
    path("notifications/calendar/end/", notifications.end_calendar, name="end_calendar"),
    path("notifications/browsers/", push_browsers.add, name="add_browser"),
    path("notifications/browsers/<int:browser_id>/end/", push_browsers.end, name="end_browser"),
    path("", include("makegood.web.public.urls")),
    path("", include("makegood.web.teacher.urls")),
    path("", include("makegood.web.student.urls")),
    path("staff/", include("makegood.web.staff.urls")),
    path("desk/", include("makegood.web.desk.urls")),
    path("support/", include("makegood.web.support.urls")),
    path("disputes/", include("makegood.web.reviewer.urls")),
    path("payroll/", include("makegood.web.payroll.urls")),
    path("owner/", include("makegood.web.owner.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("settings/", own_settings.settings_page, name="settings"),
    path("settings/zone/", own_settings.choose_zone, name="choose_zone"),
    path("c/<str:token>.ics", calendar_feed.calendar_feed, name="calendar_feed"),
    path("sw.js", push_browsers.service_worker, name="service_worker"),
    path("s/<str:token>/", not_asked.not_asked, name="not_asked"),
    path("m/<str:token>/", not_agreed.not_agreed, name="not_agreed"),
    path("", include("makegood.web.guest.urls")),
    path("<slug:school>/", include(of_a_school)),
]
