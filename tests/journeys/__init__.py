"""What people do from beginning to end, in a real browser; each ends with the sealed PDF read back."""
