"""Tenir un comité : le préparer, l’ouvrir, amender, justifier les écarts, le clore et le photographier."""
