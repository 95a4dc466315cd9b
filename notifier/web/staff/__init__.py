"""The staff desk's doors, closed to everybody who has not signed in."""
