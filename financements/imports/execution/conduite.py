"""Conduire l’import d’un retour : lire, juger, comparer, écrire ; tout ou rien, sans effet la seconde fois."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction

from config.socle.journal import journaliser
from config.socle.lecture.erreurs import Releve
from config.socle.lecture.tableur import empreinte, lire_tableau
from financements.imports.execution.application import Application
from financements.imports.execution.compte_rendu import CompteRenduDuRetour
from financements.imports.execution.lecture import LectureDuRetour, colonnes_du_retour, lire_retour
from financements.models import Enveloppe, ImportDExecution

LECTURE, COMPARAISON, ECRITURE = 5, 60, 75  # pour cent d’avancement au début de chaque temps
Avancer = Callable[[int, str], None]


def conduire_le_retour(
    import_: ImportDExecution, chemin: Path, avancer: Avancer = lambda _progression, _etape: None
) -> CompteRenduDuRetour:
    """Lit le fichier et, s’il n’y a ni erreur ni simulation, constate ce qu’il dit (lit `appel`, `profil`).

    Une ligne déjà appliquée est « déjà connue ». `avancer` peut lever pour tout annuler. Lève `FichierIllisible`.
    """
    avancer(0, "Ouverture du fichier")
    attendues = {forme for c in colonnes_du_retour(import_.profil) for forme in (c.nom, *c.synonymes)}
    tableau = lire_tableau(chemin, nom=import_.nom_fichier or None, attendues=attendues)
    total = sum(1 for _ in tableau.lignes()) or 1

    def lire(lues: int) -> None:
        avancer(LECTURE + (COMPARAISON - LECTURE) * lues // total, f"Lecture : ligne {lues} sur {total}")

    lecture = lire_retour(tableau, import_.profil, lire)
    rendu = CompteRenduDuRetour(
        est_simulation=import_.est_simulation,
        fichier=tableau.nom,
        format=tableau.format,
        feuille=tableau.feuille,
        empreinte=empreinte(chemin),
        lues=lecture.lues,
        colonnes_ignorees=lecture.colonnes_ignorees,
    )
    return _comparer_et_ecrire(import_, lecture, rendu, avancer)


@transaction.atomic
def _comparer_et_ecrire(
    import_: ImportDExecution, lecture: LectureDuRetour, rendu: CompteRenduDuRetour, avancer: Avancer
) -> CompteRenduDuRetour:
    """Sous le verrou de l’enveloppe : deux retours du même appel se suivent. Les lignes justes sont jugées aussi."""
    avancer(COMPARAISON, "Comparaison avec les versements enregistrés")
    est_a_ecrire = not rendu.est_simulation and not lecture.erreurs
    if est_a_ecrire:
        Enveloppe.objects.select_for_update(of=("self",)).filter(appel=import_.appel).first()
    releve = Releve(lecture.erreurs)
    application = Application(import_.appel, releve, sous_verrou=est_a_ecrire)
    application.appliquer(lecture.lignes)
    if releve.erreurs:
        return replace(rendu, erreurs=releve.par_ligne())
    comptes: dict[str, Any] = dict(application.comptes)
    rendu = replace(rendu, montant_paye=str(application.montant_paye), **comptes)
    if est_a_ecrire and rendu.nouvelles:
        avancer(ECRITURE, f"Écriture : {rendu.nouvelles} lignes")
        application.ecrire(import_.demande_par, import_)
        journaliser(
            auteur=import_.demande_par, acte="importer_l_execution", objet=import_.appel, apres=_en_clair(rendu)
        )
    return rendu


def _en_clair(rendu: CompteRenduDuRetour) -> dict[str, object]:
    return {
        "fichier": rendu.fichier,
        "empreinte": rendu.empreinte,
        "lignes": rendu.nouvelles,
        "deja_connues": rendu.deja_connues,
        "montant": rendu.montant_paye,
    }
