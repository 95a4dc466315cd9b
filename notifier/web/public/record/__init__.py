"""Pages about how early we told: the record and what we promise."""
