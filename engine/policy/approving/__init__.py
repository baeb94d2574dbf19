"""What it takes to find a stage's approvers: the line of managers, and a place for everybody."""
