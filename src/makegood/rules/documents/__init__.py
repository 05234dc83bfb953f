"""Policy documents: TOML text to a `Policy`, or the complete list of what is wrong with it."""

from makegood.rules.documents.loading import load_policy, read_policy
from makegood.rules.problems import InvalidPolicy, Problem

__all__ = ["InvalidPolicy", "Problem", "load_policy", "read_policy"]
