"""Who works here, who comes, what is recorded."""
