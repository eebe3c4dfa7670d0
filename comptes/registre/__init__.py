"""Le registre public des entreprises : ce qu’il dit d’un SIRET, pour préremplir un organisme.

Le format est celui de l’API Recherche d’entreprises (`GET /search?q=<siret>`), éteinte tant que `REGISTRE_URL` est
vide. Ce qui en vient est une proposition que l’usager corrige : ni preuve, ni raison d’arrêter le formulaire.
"""
