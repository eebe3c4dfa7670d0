"""Les actes du suivi : emporter les listes de la clôture, planifier des rapports."""
