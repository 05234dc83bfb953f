"""Pages of tech support."""
