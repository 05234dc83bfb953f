"""The policy versions of a school: which document is in force from which month."""
