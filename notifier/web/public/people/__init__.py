"""A person's own pages: signing up, settings, leaving."""
