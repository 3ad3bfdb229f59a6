"""The contexts: filled values that IO managers, functions and resources read."""
