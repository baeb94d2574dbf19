"""The Teams adapter, in parts."""
