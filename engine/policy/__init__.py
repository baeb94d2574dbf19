"""Questions with an answer and no effect."""
