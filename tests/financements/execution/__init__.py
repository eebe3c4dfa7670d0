"""Essais de l’exécution : conventions, engagements, versements, bilans."""
