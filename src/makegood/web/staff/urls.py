"""Addresses of pages that all staff have."""

from __future__ import annotations

from django.urls import path

from makegood.web.staff import messages

app_name = "staff"
urlpatterns = [
    path("messages/", messages.messages, name="messages"),
    path("messages/read/", messages.read, name="read_messages"),
]
