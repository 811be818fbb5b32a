"""The only place that knows SQL: the database, its schema, and one module of queries per subject."""
