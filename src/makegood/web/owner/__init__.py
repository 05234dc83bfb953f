"""Pages of a school's owner."""
