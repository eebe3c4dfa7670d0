"""Les courriels des projets : un objet devient un message."""
