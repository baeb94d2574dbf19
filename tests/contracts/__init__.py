"""What a connector, a platform and a unit of work are, run against every one of them."""
