"""Private servers for tests: real ones on loopback, started in a temporary folder and stopped by their process id."""
