"""Pages for people who are not (yet) signed in, and those around signing in itself."""
