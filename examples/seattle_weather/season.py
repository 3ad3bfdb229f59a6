"""A year as one wave: mean, and how far the seasons swing from it."""

from dataclasses import dataclass
from math import tau

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Season:
    """A yearly wave fitted to daily values."""

    mean: float
    cosine: float
    sine: float

    @staticmethod
    def _waves(dates: pd.Series) -> np.ndarray:
        angle = tau * dates.dt.day_of_year.to_numpy() / 365.25
        return np.column_stack([np.ones_like(angle), np.cos(angle), np.sin(angle)])

    @classmethod
    def fitted(cls, dates: pd.Series, values: pd.Series) -> "Season":
        """The wave with the least squared error."""
        found, *_ = np.linalg.lstsq(cls._waves(dates), values.to_numpy(), rcond=None)
        return cls(*map(float, found))

    def predict(self, dates: pd.Series) -> np.ndarray:
        """The value the wave has on each date."""
        return self._waves(dates) @ [self.mean, self.cosine, self.sine]
