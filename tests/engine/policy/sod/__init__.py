"""Tests of segregation of duties as policy."""
