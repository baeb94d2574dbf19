"""Where Teams' deliveries arrive: looked at for who signed them before anything in them is read."""
