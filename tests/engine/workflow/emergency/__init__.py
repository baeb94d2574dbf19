"""Tests of emergencies: access that is given first and decided afterwards."""
