"""What people say about access that should go on."""
