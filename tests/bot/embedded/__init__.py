"""The embedded servers, which must start anywhere and never outlive their program."""
