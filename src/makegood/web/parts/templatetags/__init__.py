"""Template tags of the screens; built in, so no template loads them."""
