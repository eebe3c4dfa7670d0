"""Le prestataire de signature : ce qu’on lui demande, ce qu’il répond. Le protocole : `docs/signature-externe.md`.

Éteint tant que `SIGNATURE_URL` ou `SIGNATURE_CLE` est vide.
"""
