"""What a clinic's lead wants to see: counts, times and reasons of a period, and consents about to expire."""

from consent.dashboard.expiring import Expiring, expiring
from consent.dashboard.figures import Figures, figures
from consent.dashboard.period import Period, last_days

__all__ = ["Expiring", "Figures", "Period", "expiring", "figures", "last_days"]
