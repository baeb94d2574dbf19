"""Access that is there goes on: asked for, decided, or over before anybody did."""
