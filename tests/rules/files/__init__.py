"""The history reader."""
