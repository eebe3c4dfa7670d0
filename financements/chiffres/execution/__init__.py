"""Les chiffres de l’exécution, en lecture seule : ce qui est affecté, engagé, liquidé, mandaté, payé, repris."""
