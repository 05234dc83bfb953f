"""Addresses of student pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.student import lesson, lessons

app_name = "student"
urlpatterns = [
    path("lessons/", lessons.lessons, name="lessons"),
    path("lessons/<int:lesson_id>/", lesson.lesson, name="lesson"),
    path("lessons/<int:lesson_id>/here/", lesson.here, name="lesson_here"),
    path("lessons/messages/read/", lessons.read, name="read_messages"),
]
