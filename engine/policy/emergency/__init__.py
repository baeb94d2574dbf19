"""Break-glass: access that is given first and decided afterwards."""
