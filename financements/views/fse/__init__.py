"""Les écrans du FSE et du registre de minimis."""
