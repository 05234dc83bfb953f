"""People, their memberships of schools, their roles there, and invitations."""
