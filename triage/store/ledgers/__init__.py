"""What came in and what leaves, as lists for people and scripts, and what a person's hand changes in them."""
