"""Break-glass: given at once, decided afterwards, and closed by somebody who looked at it."""
