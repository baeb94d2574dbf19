"""Tests of access that goes on."""
