"""A local chat in the browser, for evaluation and tests: a platform like any other."""
