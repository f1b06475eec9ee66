"""What differs from one kind of file to another."""
