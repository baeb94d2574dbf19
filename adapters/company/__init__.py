"""A company's YAML files and the engine's model, checked."""
