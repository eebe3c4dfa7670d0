"""Les actes sur les comptes."""
