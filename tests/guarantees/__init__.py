"""Tries to break every guarantee that lives in PostgreSQL, and proves that without it the damage would happen."""
