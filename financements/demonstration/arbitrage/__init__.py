"""Le programme de 2016 rejoué au moment de l’arbitrage : ce qui fut demandé, noté, proposé. Tout est inventé."""
