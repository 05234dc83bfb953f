"""Messages to people: written in the transaction of their cause, sent afterwards, each effect once."""
