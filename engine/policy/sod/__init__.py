"""Segregation of duties: what one person may not combine, and what was looked at to say so."""
