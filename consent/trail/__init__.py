"""The audit trail as people read it: which events, who, what, when, on what, in plain words."""

from consent.trail.events import Wanted, of_clinic, of_patient, of_record
from consent.trail.lines import Line, lines

__all__ = ["Line", "Wanted", "lines", "of_clinic", "of_patient", "of_record"]
