"""The doctor finds what is wrong with Teams."""
