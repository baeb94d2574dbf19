"""Chat products, put together."""
