"""Le socle technique : n’importe aucune app."""
