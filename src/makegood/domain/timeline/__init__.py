"""What happened, in order: who, on whose behalf, when, through which door, why; and which requests were answered."""
