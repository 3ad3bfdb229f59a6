"""Every promise: what a stranger must know to extend lading."""
