"""What every platform does with text before it shows it."""
