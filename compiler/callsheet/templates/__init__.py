"""The template language: a text → a value, or what is left of it while parameters are unknown."""
