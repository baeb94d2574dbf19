"""The languages of conditions."""
