"""L’erreur que l’utilisateur lit telle quelle, sans trace d’appel."""


class ErreurEmbarque(Exception):
    """Un serveur embarqué ne peut pas servir ; le message français dit pourquoi et que faire."""
