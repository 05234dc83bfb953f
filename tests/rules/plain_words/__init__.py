"""The policy in plain words."""
