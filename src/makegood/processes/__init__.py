"""Keeps the processes of an installation running under one parent, which ends them all when it ends."""
