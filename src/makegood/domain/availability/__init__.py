"""When a teacher can be booked: default weeks, exceptions, holidays, booking rules, and the search for free starts."""
