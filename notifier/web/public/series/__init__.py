"""Pages of a series and of a topic."""
