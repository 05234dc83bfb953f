"""Pages of the scheduling desk."""
