"""The history of the tables, and in `sql/` the guarantees that PostgreSQL keeps."""
