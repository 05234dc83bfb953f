"""Fills a database with two believable schools, relative to today, whose people anybody may sign in as."""

from makegood.demo.cast import DEMO_PASSWORD, SIGN_INS, SignIn, describe_sign_ins
from makegood.demo.schools import DEMO_SCHOOLS

sign_ins = SIGN_INS
# In the order in which they are offered.
school_slugs = tuple(school.slug for school in DEMO_SCHOOLS)

__all__ = ["DEMO_PASSWORD", "SignIn", "describe_sign_ins", "school_slugs", "sign_ins"]
