"""Reads that cross nouns, as frozen values for pages and files; nothing here writes."""
