"""L’appel de démonstration en cours d’instruction : tout y est inventé, tiré d’une graine fixe.

Seules les dates dépendent du jour du chargement : l’appel a toujours fermé il y a vingt-cinq jours.
"""
