"""Microsoft Teams: its activities become inbounds, and cards become Adaptive Cards."""
