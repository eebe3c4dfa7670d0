"""Les actes du bilan annuel : ouvrir, saisir, déposer, relancer, revoir."""
