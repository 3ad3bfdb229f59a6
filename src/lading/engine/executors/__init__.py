"""Places to run steps; anything with ``submit -> Future`` will do."""
