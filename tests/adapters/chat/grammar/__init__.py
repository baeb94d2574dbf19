"""Words in, typed asks out: tried."""
