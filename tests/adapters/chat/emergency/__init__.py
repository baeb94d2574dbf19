"""Tests of how emergencies are said."""
