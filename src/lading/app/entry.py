"""What definitions reach through the one seam in ``abc/runner.py``."""

from __future__ import annotations

from lading.app.jobs import execute_job_in_process
from lading.app.values import asset_value_loader, default_instance

__all__ = ["asset_value_loader", "default_instance", "execute_job_in_process"]
