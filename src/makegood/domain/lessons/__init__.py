"""Lessons as booked between one teacher and one student, and what became of them."""
