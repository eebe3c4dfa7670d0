"""L’import du retour d’exécution du progiciel financier : mandats, bordereaux, paiements, rejets."""
