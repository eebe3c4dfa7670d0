"""Essais du FSE et du registre de minimis."""
