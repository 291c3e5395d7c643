"""Configuration read, checked and turned into values; nothing else reads a file or the environment for settings."""
