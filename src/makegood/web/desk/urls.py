"""Addresses of desk pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.desk import (
    absences,
    answers,
    approvals,
    availability,
    calendar,
    cancelling,
    credits_back,
    credits_of_students,
    deliveries,
    matching_pauses,
    moving,
    queue,
    requests,
    session,
    students,
    video_link,
    weekly,
)

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/sessions/<int:lesson_id>/", session.session, name="session"),
    path("calendar/sessions/<int:lesson_id>/cancel/", cancelling.cancel, name="cancel_session"),
    path("calendar/sessions/<int:lesson_id>/cancel-for-school/", cancelling.cancel_as_school, name="cancel_for_school"),
    path("calendar/sessions/<int:lesson_id>/cancel/undo/", cancelling.undo, name="undo_cancel"),
    path("calendar/sessions/<int:lesson_id>/move/", moving.move, name="move_session"),
    path("calendar/sessions/<int:lesson_id>/move/undo/", moving.undo, name="undo_move"),
    path("calendar/sessions/<int:lesson_id>/move/undo-late/", moving.undo_late, name="undo_late_move"),
    path("calendar/sessions/<int:lesson_id>/undo/", session.undo, name="undo_booking"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<int:lesson_id>/", approvals.answer, name="answer_booking"),
    path("approvals/moves/<int:student_move_id>/", approvals.answer_move, name="answer_move"),
    path("approvals/<int:lesson_id>/undo/", answers.undo_booking_answer, name="undo_answer"),
    path("approvals/moves/<int:student_move_id>/undo/", answers.undo_answer_to_move, name="undo_move_answer"),
    path("teachers/", availability.teachers, name="teachers"),
    path("teachers/pauses/<int:pause_id>/", matching_pauses.matching_pause, name="matching_pause"),
    path("teachers/<int:teacher_id>/availability/", availability.availability, name="availability"),
    path("teachers/<int:teacher_id>/availability/default/", availability.default, name="default_availability"),
    path("teachers/<int:teacher_id>/video-link/", video_link.video_link, name="video_link"),
    path("students/", students.students, name="students"),
    path("students/credits/", credits_of_students.import_file, name="import_credits"),
    path("students/credits/<int:grant_id>/take-back/", credits_back.take_back, name="take_back_credits"),
    path("students/credits/<int:grant_id>/undo/", credits_back.undo, name="undo_grant"),
    path("students/<int:student_id>/", students.student, name="student"),
    path("students/<int:student_id>/book/", students.book, name="book"),
    path("students/<int:student_id>/book/weekly/", weekly.book_weekly, name="book_weekly"),
    path("students/<int:student_id>/credits/", credits_of_students.book_of_credits, name="student_credits"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:case_id>/", absences.absence, name="absence"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<int:case_id>/", requests.end_request, name="request"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:message_id>/again/", deliveries.send_again, name="send_again"),
    path("cases/<str:reference>/", queue.case, name="case"),
]
