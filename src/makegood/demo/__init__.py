"""Fills a database with two believable schools, relative to today, whose people anybody may sign in as."""

from makegood.demo.cast import DEMO_PASSWORD, SIGN_INS, SignIn

sign_ins = SIGN_INS

__all__ = ["DEMO_PASSWORD", "SignIn", "sign_ins"]
