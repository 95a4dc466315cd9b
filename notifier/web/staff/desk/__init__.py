"""The first page: what needs somebody, what goes out, what is owed."""
