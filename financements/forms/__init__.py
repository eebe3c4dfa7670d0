"""Les formulaires des financements."""
