"""The pages people see: one package per role, and the parts they share."""
