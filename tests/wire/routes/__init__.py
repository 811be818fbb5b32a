"""The REST routes, one module per subject, each a table from discord.py's own names of routes to what they do."""
