"""What staff may ask for by mail: the table, how a block of it is read, and the words in which it is answered."""
