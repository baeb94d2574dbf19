"""What the record answers: as cards, as files, and who else sees it."""
