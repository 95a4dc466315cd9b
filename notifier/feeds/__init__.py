"""Words for machines: feeds, calendars and lists of feeds, rendered from plain items to bytes."""
