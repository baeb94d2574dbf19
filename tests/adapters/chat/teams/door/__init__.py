"""Where Teams' deliveries arrive."""
