"""Patient pages of the intake, and the clinician's case."""
