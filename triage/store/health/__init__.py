"""How the database is, and how the service stands in it: durability, troubles, signs of life, what waits."""
