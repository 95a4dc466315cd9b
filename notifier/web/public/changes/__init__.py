"""Pages about changes: the list, one change, its consultation."""
