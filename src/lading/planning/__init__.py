"""From definitions and a selection to a Plan."""
