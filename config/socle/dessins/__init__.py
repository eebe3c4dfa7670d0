"""Géométrie des dessins, pure et typée : voir `docs/dessins.md`."""

from config.socle.dessins.avancement import Etape, LigneAvancement, avancement
from config.socle.dessins.barres import EN_EUROS, EN_MILLIONS, EN_NOMBRE, FormatMontant, Serie, barres_empilees
from config.socle.dessins.carte import Zone, carte
from config.socle.dessins.courbes import Courbe, courbes
from config.socle.dessins.formes import Dessin
from config.socle.dessins.jauges import (
    Barre,
    Ecart,
    barres_divergentes,
    barres_horizontales,
    ecart,
    jauge,
    mini_barres,
)
from config.socle.dessins.matrice import matrice
from config.socle.dessins.motifs import Motif
from config.socle.dessins.partage import LignePartage, partage

__all__ = [
    "EN_EUROS",
    "EN_MILLIONS",
    "EN_NOMBRE",
    "Barre",
    "Courbe",
    "Dessin",
    "Ecart",
    "Etape",
    "FormatMontant",
    "LigneAvancement",
    "LignePartage",
    "Motif",
    "Serie",
    "Zone",
    "avancement",
    "barres_divergentes",
    "barres_empilees",
    "barres_horizontales",
    "carte",
    "courbes",
    "ecart",
    "jauge",
    "matrice",
    "mini_barres",
    "partage",
]
