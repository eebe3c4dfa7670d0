"""Les actes sur les appels et les projets."""
