"""Les chiffres du rapport à l’assemblée, d’après le scénario adopté. En centimes ; un nombre constant de requêtes."""
