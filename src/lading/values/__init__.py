"""Frozen values, made of the standard library only."""
