"""Essais des conventions et de leurs avenants."""
