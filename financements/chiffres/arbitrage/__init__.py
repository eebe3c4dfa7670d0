"""Ce que montrent les écrans de l’arbitrage, en lecture."""
