"""The whole product, as a newcomer meets it: `bot demo`, a real browser, a real database."""
