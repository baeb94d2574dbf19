"""What stops an asking whoever would approve it: freezes, and limits of how much."""
