"""The ground of every room: the database, the unit of work, state moves and history."""
