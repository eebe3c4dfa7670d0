"""Les actes du FSE et du registre de minimis."""
