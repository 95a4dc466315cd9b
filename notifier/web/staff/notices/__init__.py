"""The pages of change notices, and what stands beside their editor."""
