"""Tests of what decides whether access may go on."""
