"""The log, proven and tampered with."""
