"""Ce que l’on sort de l’application : un objet devient des lignes, des octets."""
