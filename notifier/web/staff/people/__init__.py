"""The pages of people, segments, suppressions and complaints."""
