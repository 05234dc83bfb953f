"""How the product speaks to its database: statements that are made once, rows written at once, what is tried again."""
