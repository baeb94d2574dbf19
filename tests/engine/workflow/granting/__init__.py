"""Grants, from the duty to give to the read-back that it is gone."""
