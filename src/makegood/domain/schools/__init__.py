"""A school: an online-tutoring company, its address, zone, contacts and settings."""
