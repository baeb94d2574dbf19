"""How due duties get to who carries them out."""
