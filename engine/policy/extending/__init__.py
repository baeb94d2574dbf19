"""Whether, for how long, and by whose decision access that is there may go on."""
