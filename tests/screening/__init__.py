"""The screening against its clinical specification."""
