"""L’arbitrage."""
