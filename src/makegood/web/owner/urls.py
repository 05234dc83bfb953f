"""Addresses of owner pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.owner import (
    booking_rules,
    holidays,
    imports,
    lesson_types,
    overview,
    pay_day,
    pay_rates,
    people,
    video_link,
)

app_name = "owner"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("cases/<str:reference>/", overview.case, name="case"),
    path("booking-rules/", booking_rules.booking_rules, name="booking_rules"),
    path("lesson-types/", lesson_types.lesson_types, name="lesson_types"),
    path("lesson-types/new/", lesson_types.add, name="add_lesson_type"),
    path("lesson-types/<str:code>/", lesson_types.change, name="lesson_type"),
    path("pay-rates/", pay_rates.pay_rates, name="pay_rates"),
    path("holidays/", holidays.holidays, name="holidays"),
    path("holidays/<int:holiday_id>/end/", holidays.end, name="end_holiday"),
    path("import/", imports.upload, name="import"),
    path("import/<str:upload_id>/", imports.uploaded, name="import_file"),
    path("pay-day/", pay_day.pay_day, name="pay_day"),
    path("video-link/", video_link.video_link, name="video_link"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:membership_id>/", people.person, name="person"),
    path("people/<int:membership_id>/invite/", people.invite_member, name="invite_member"),
    path("people/<int:membership_id>/grant/", people.grant, name="grant_role"),
    path("people/<int:membership_id>/end/", people.end, name="end_role"),
]
