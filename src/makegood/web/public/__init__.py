"""Pages of a school that everybody may read."""
