"""Les écrans du suivi : exécution, axe, organismes, clôture, rapports planifiés."""
