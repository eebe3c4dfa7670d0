"""Les documents des projets : un objet devient des octets."""
