"""The rules, tried without any server."""
