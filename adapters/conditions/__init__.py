"""The languages in which a policy's conditions are written."""
