"""Les actes sur les territoires."""
