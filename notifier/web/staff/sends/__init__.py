"""The pages of what is sent to many."""
