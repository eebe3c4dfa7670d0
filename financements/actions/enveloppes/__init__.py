"""Les actes sur l’enveloppe : la réviser, la répartir, repartager les reliquats, dire à quoi la comparer."""
