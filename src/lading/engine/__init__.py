"""Runs a Plan; knows seams, never a concrete store."""
