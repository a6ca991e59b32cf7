"""Pages of the front desk, and the tablet's first and last."""
