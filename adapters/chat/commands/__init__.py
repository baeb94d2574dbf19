"""One file per word that people type."""
