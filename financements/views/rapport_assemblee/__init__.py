"""Les écrans du rapport à l’assemblée."""
