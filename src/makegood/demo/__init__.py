"""Fills a database with two believable schools, relative to today, whose people anybody may sign in as."""

from makegood.demo.cast import DEMO_PASSWORD, SIGN_INS, SignIn, describe_sign_ins

sign_ins = SIGN_INS

__all__ = ["DEMO_PASSWORD", "SignIn", "describe_sign_ins", "sign_ins"]
