"""Any policy that could be written, and what must hold under each of them."""
