"""The diary of the days: who lives through them, and every mail that they write."""
