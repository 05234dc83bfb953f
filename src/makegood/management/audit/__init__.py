"""Checks of the books in plain SQL that shares nothing with the code whose work it checks."""
