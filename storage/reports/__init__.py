"""Questions an auditor or an operator asks, each with its query."""
