"""Pages about releases: calendar, month, week, one release, its words before the instant."""
