"""Le fichier des données ouvertes : CSV UTF-8 à virgules, jugé ligne à ligne pendant qu’il s’écrit."""

import csv
import hashlib
import io
from itertools import chain
from typing import BinaryIO

from config.socle.ecriture import par_lots
from config.socle.lecture.erreurs import ErreurLigne, Releve
from financements.chiffres.exports.scdl import Subventions
from financements.exports.ecrit import Ecrit, FichierRefuse
from financements.rules.scdl import Controle, siret_a_sa_cle

TYPE_SCDL = "text/csv; charset=utf-8"


def ecrire_scdl(fichier: BinaryIO, subventions: Subventions) -> Ecrit:
    """Écrit le fichier dans `fichier`, ouvert en écriture ; rien ne reste en mémoire au-delà d’un lot.

    Lève `FichierRefuse`, avec toutes les fautes, ou `ExportIncomplet` : ce qui est écrit est alors à jeter.
    """
    _refuser_un_attribuant_inconnu(subventions)
    controle, releve, resume = Controle(subventions.entetes), Releve(), hashlib.sha256()
    nombre = 0
    for lot in chain([[list(subventions.entetes)]], par_lots(subventions.rangees())):
        for rang, rangee in enumerate(lot if nombre else [], start=nombre + 1):
            for faute in controle.fautes(rang, rangee):
                releve.ajouter(faute.ligne, faute.colonne, faute.valeur, faute.attendu)
        nombre += len(lot)
        if not releve.erreurs:
            octets = _en_csv(lot)
            fichier.write(octets)
            resume.update(octets)
    if releve.erreurs:
        raise FichierRefuse(releve.erreurs)
    return Ecrit(nombre - 1, resume.hexdigest())


def _refuser_un_attribuant_inconnu(subventions: Subventions) -> None:
    """Le SIRET de l’attribuant est un réglage : faux, il le serait sur chaque ligne."""
    if not siret_a_sa_cle(subventions.siret_attribuant):
        attendu = "le SIRET du département, clé comprise : réglage SIRET_DEPARTEMENT"
        raise FichierRefuse([ErreurLigne(0, "idAttribuant", subventions.siret_attribuant, attendu)])


def _en_csv(rangees: list[list[str]]) -> bytes:
    tampon = io.StringIO()
    csv.writer(tampon).writerows(rangees)
    return tampon.getvalue().encode()
