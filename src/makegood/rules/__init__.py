"""What an incident costs and what follows from it: pure functions from facts and a policy to assessments with reasons.

No Django, no database, no clock, no files at assessment time. Start reading at `assess.py`.
"""
