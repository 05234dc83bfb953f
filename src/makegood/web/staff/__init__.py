"""Pages of everybody who works for the school, whichever of the roles of staff they have."""
