"""Addresses of desk pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.desk import absences, availability, queue

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("teachers/", availability.teachers, name="teachers"),
    path("teachers/<int:teacher_id>/availability/", availability.availability, name="availability"),
    path("teachers/<int:teacher_id>/availability/default/", availability.default, name="default_availability"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:case_id>/", absences.absence, name="absence"),
    path("cases/<str:reference>/", queue.case, name="case"),
]
