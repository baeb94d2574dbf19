"""The running program, and the only place where parts are joined."""
