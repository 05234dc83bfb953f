"""Finds PostgreSQL's binaries, runs a private cluster with them, and gives its databases their three roles."""
