"""Somebody asks, others answer: from the submission to the last decision."""
