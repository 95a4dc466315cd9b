"""The pages of members and their roles."""
