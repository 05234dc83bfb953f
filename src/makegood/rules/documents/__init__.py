"""Policy documents: TOML text to a `Policy`, or the complete list of what is wrong with it."""

from makegood.rules.documents.loading import load_policy, parse_document, read_policy
from makegood.rules.problems import InvalidPolicy, Problem

__all__ = ["InvalidPolicy", "Problem", "load_policy", "parse_document", "read_policy"]
