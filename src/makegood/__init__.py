"""Makegood: what happens when an online lesson cannot go ahead, as one case from first message to pay line."""
