"""Les écrans des conventions."""
