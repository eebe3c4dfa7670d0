"""Les sommes de l’instruction, faites en SQL et en lecture seule."""
