"""Addresses of teacher pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.teacher import (
    availability,
    cancel_session,
    cases,
    dashboard,
    emergency,
    inbox,
    lesson,
    move_session,
    proposals,
    statements,
    students,
    video_link,
)

app_name = "teacher"
urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("availability/", availability.availability, name="availability"),
    path("availability/default/", availability.default, name="default_availability"),
    path("video-link/", video_link.video_link, name="video_link"),
    path("sessions/", emergency.choose, name="choose_session"),
    path("sessions/<int:lesson_id>/", lesson.session, name="session"),
    path("sessions/<int:lesson_id>/here/", lesson.here, name="session_here"),
    path("sessions/<int:lesson_id>/cancel/", cancel_session.cancel, name="cancel_session"),
    path("sessions/<int:lesson_id>/cancel/undo/", cancel_session.undo, name="undo_cancel"),
    path("sessions/<int:lesson_id>/move/", move_session.ask, name="move_session"),
    path("sessions/<int:lesson_id>/move/back/", move_session.take_back, name="take_back_move"),
    path("sessions/<int:lesson_id>/emergency/", emergency.report, name="report_emergency"),
    path("students/", students.students, name="students"),
    path("students/<int:student_id>/lessons/", students.lessons, name="student_lessons"),
    path("students/<int:student_id>/propose/", proposals.propose, name="propose"),
    path("students/<int:student_id>/propose/weekly/", proposals.propose_weekly, name="propose_weekly"),
    path("students/<int:student_id>/proposals/<int:lesson_id>/take-back/", proposals.take_back, name="take_back"),
    path("penalties/", cases.penalties, name="penalties"),
    path("cases/<str:reference>/", cases.case, name="case"),
    path("cases/<str:reference>/reported/", cases.reported, name="emergency_reported"),
    path("cases/<str:reference>/undo/", cases.undo, name="undo"),
    path("statements/", statements.current, name="statement"),
    path("statements/<str:month>/", statements.month, name="statement_month"),
    path("messages/", inbox.inbox, name="messages"),
    path("messages/read/", inbox.read, name="read_messages"),
]
