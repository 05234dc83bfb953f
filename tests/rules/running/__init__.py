"""The running history, held equal to `assess`."""
