"""From bytes to parts, fields and characters: bounded, linear, and refusing nothing."""
