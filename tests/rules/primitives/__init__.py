"""The primitives that can be tried by themselves."""
