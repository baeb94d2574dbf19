"""How emergencies are said: access that is given at once and decided afterwards."""
