"""How staff sign in and out, and their own account."""
