"""Les écrans du comité."""
