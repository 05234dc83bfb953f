"""The kinds of rules a policy is composed of, one module each; `table.py` says which price an incident, in order."""
