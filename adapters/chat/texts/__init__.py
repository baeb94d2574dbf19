"""Texts for every platform: made safe to be shown, and written out."""
