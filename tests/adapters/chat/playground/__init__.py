"""The playground's tests."""
