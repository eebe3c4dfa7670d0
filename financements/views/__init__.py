"""Les écrans des financements."""
