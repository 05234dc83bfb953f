"""The verbs: one file each, one transaction each, read top to bottom."""
