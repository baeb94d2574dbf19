"""The real processes, and what befalls them."""
