"""Quotes, assessments and consequences: what the rules said, stored with the facts they saw."""
