"""One file per thing that can happen. Only these commit."""
