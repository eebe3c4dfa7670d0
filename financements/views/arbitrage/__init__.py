"""Les écrans de l’arbitrage."""
