"""What every screen is built from: the page frame, components, tags and the pages shown when something is wrong."""
