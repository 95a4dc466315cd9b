"""Pages about releases: calendar, month, one release, its words before the instant."""
