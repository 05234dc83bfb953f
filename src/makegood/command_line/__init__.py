"""The `makegood` command: assess history files, check and show policies, without a database."""
