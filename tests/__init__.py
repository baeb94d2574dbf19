"""The proof: mirrors the code, file for file."""
