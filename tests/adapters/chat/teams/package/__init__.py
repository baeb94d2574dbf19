"""The app package is what Teams takes."""
