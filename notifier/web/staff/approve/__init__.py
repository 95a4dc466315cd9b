"""Pages on which a second person reads what changed, and approves it or returns it."""
