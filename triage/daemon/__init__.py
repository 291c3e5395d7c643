"""The daemon: what it is built of, its loops, and its clean end. The clock is read here and passed down."""
