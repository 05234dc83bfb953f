"""Version 1, one endpoint per file."""
