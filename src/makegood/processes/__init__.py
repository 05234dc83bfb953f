"""Starts the processes of an installation under one parent that ends them all, restarts what dies and tells how it goes."""
