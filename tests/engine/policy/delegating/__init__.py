"""Tests of who may decide in whose stead."""
