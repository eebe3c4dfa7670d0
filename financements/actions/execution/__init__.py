"""Actes de l’exécution : affecter, engager, liquider, solder, reporter, entendre l’organisme avant de reprendre."""
