"""Addresses of public pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.public import policy, students

app_name = "public"
urlpatterns = [
    path("emergencies/", policy.emergencies, name="emergencies"),
    path("for-students/", students.for_students, name="for_students"),
    path("policy/", policy.in_force, name="policy"),
    path("policy/v/<int:number>/", policy.version, name="policy_version"),
]
