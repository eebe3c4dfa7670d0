"""Les écrans du suivi : exécution d’un programme, d’un axe, d’un organisme ; clôture d’un exercice."""
