"""Le registre des aides de minimis en fichier : une feuille et son total, ou un CSV pour tableurs."""

from typing import Any, BinaryIO

from config.socle.classeur import Feuille, Formule
from config.socle.ecriture import Champ, Genre
from financements.chiffres.de_minimis import AidesAEmporter
from financements.exports.feuille import ecrire_la_feuille
from financements.models import AideDeMinimis

CHAMPS = (
    Champ("SIREN", Genre.TEXTE, 12),
    Champ("Organisme", Genre.TEXTE, 40),
    Champ("Régime", Genre.TEXTE, 24),
    Champ("Origine", Genre.TEXTE, 24),
    Champ("Autorité", Genre.TEXTE, 28),
    Champ("Référence", Genre.TEXTE, 20),
    Champ("Accordée le", Genre.JOUR, 14),
    Champ("Montant (€)", Genre.MONTANT, 16),
)
RANG_DU_MONTANT = len(CHAMPS) - 1


def ecrire_le_registre(fichier: BinaryIO, choisies: AidesAEmporter, extension: str) -> None:
    """Une ligne par aide. Lève `ExportIncomplet` si le registre change : ce qui est écrit est à jeter."""
    nombre, montant = choisies.compte
    somme = Formule("SUM", montant, (1, RANG_DU_MONTANT), (nombre, RANG_DU_MONTANT))
    pied: list[Any] = ["Total", *[None] * (RANG_DU_MONTANT - 1), somme]
    notes = ["Registre des aides de minimis, nos aides et celles que les organismes déclarent."]
    rangees = map(_rangee, choisies.lues())
    ecrire_la_feuille(fichier, Feuille("De minimis", CHAMPS, rangees, pied if nombre else [], notes, 1), extension)


def _rangee(aide: AideDeMinimis) -> list[Any]:
    return [
        aide.siren,
        aide.organisme.nom if aide.organisme else None,
        aide.get_regime_display(),
        aide.get_origine_display(),
        aide.autorite,
        aide.reference,
        aide.accordee_le,
        aide.montant,
    ]
