"""Les écrans de l’enveloppe : la voter, la réviser, la répartir, en mesurer l’équité."""
