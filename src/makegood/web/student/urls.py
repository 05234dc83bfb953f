"""Addresses of student pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.student import lessons

app_name = "student"
urlpatterns = [
    path("lessons/", lessons.lessons, name="lessons"),
    path("lessons/messages/read/", lessons.read, name="read_messages"),
]
