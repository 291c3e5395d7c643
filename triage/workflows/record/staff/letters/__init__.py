"""The letters that staff have sent: when each leaves, who lets it go, and how it is taken back."""
