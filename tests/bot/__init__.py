"""The running program and its parts."""
