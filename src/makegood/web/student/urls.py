"""Addresses of student pages."""

from __future__ import annotations

from django.urls import path

from makegood.web.student import (
    answer_move,
    book,
    cancel_lesson,
    inbox,
    lesson,
    lessons,
    own_credits,
    proposals,
    reschedule,
    teacher,
    weekly,
)

app_name = "student"
urlpatterns = [
    path("lessons/", lessons.lessons, name="lessons"),
    path("lessons/<int:lesson_id>/", lesson.lesson, name="lesson"),
    path("lessons/<int:lesson_id>/here/", lesson.here, name="lesson_here"),
    path("book/", book.book, name="book"),
    path("book/credits/", own_credits.own_credits, name="credits"),
    path("book/teachers/<int:teacher_id>/", teacher.teacher, name="teacher"),
    path("book/teachers/<int:teacher_id>/weekly/", weekly.weekly, name="weekly"),
    path("book/proposals/", proposals.proposals, name="proposals"),
    path("book/proposals/<int:lesson_id>/", proposals.answer, name="answer_proposal"),
    path("book/proposals/<int:lesson_id>/undo/", proposals.undo, name="undo_answer"),
    path("book/<int:lesson_id>/", book.confirm, name="confirm_booking"),
    path("book/<int:lesson_id>/release/", book.release, name="release_booking"),
    path("book/<int:lesson_id>/booked/", book.booked, name="booked"),
    path("book/<int:lesson_id>/undo/", book.undo, name="undo_booking"),
    path("lessons/<int:lesson_id>/cancel/", cancel_lesson.cancel, name="cancel_lesson"),
    path("lessons/<int:lesson_id>/cancel/undo/", cancel_lesson.undo, name="undo_cancel"),
    path("lessons/<int:lesson_id>/reschedule/", reschedule.choose, name="reschedule"),
    path("lessons/<int:lesson_id>/reschedule/<int:hold_id>/", reschedule.confirm, name="confirm_move"),
    path("lessons/<int:lesson_id>/reschedule/undo-late/", reschedule.undo_late, name="undo_late_move"),
    path("lessons/<int:lesson_id>/reschedule/undo/", reschedule.undo, name="undo_move"),
    path("lessons/<int:lesson_id>/reschedule/take-back/", reschedule.take_back, name="take_back_move"),
    path("lessons/moves/<int:move_request_id>/", answer_move.answer, name="answer_move"),
    path("lessons/moves/<int:move_request_id>/undo/", answer_move.undo, name="undo_move_answer"),
    path("lessons/messages/", inbox.inbox, name="messages"),
    path("lessons/messages/read/", inbox.read, name="read_messages"),
]
