"""Somebody is away, and somebody else stands in for them."""
