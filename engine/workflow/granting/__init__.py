"""Access is given and taken away: from the last decision to the end of the grant."""
