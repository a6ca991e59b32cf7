"""What staff type about people, patients and the clinic itself."""
