"""The pages of figures and of evidence."""
