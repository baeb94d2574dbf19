"""What an operator looks at: logs, numbers, and the doctor's findings."""
