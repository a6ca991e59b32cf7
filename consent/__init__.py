"""What was decided and agreed."""
