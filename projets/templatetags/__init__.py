"""Les balises de gabarit des projets."""
