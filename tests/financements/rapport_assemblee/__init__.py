"""Le rapport à l’assemblée."""
