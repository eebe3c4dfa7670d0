"""Ce que fait un processus neuf de `tests.mesures.exports` : un fichier, mesuré.

Chargé après que les adresses des serveurs sont dans l’environnement, hérité du processus qui mesure.
"""
# ruff: noqa: E402 (Django se charge d’abord : ce module est l’entrée d’un processus)

import django

django.setup()

import csv
import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.db import connection

from financements.chiffres import Perimetre
from financements.chiffres.decisions import Decisions
from financements.chiffres.exports.progiciel import EnvoiAuProgiciel
from financements.chiffres.exports.scdl import Subventions
from financements.exports.decisions import FORMATS, csv_des_decisions
from financements.exports.progiciel import ecrire_l_envoi
from financements.exports.scdl import ecrire_scdl
from financements.models import Action, ProfilDExport
from financements.states.echanges import SorteDeProfil
from projets.models import AppelAProjets
from tests.mesures.exports import Mesure
from tests.mesures.progiciel_nu import NUES

PAR_LOT = 500
# Les mêmes colonnes, écrites à la main, sans périmètre, sans filtre, sans contrôle.
NUE = """
    SELECT p.numero, ap.intitule, x.numero, x.volet, q.texte, o.nom, o.siret, o.rna, c.nom, p.intitule, p.sous_type,
           p.allocataires_prevus, e.cout, v.en_2016, v.en_2017, v.en_2018, v.total, f.montant_fse, d.reference,
           d.adoptee_le
      FROM financements_action a
      JOIN projets_projet p ON p.id = a.projet_id
      JOIN projets_appelaprojets ap ON ap.id = p.appel_id
      JOIN projets_axe x ON x.id = p.axe_id
      JOIN comptes_organisme o ON o.id = p.organisme_id
      JOIN financements_deliberation d ON d.id = a.deliberation_id
      LEFT JOIN territoires_commune c ON c.id = o.commune_id
      LEFT JOIN financements_contrepartiefse f ON f.action_id = a.id
      JOIN (SELECT t.action_id, sum(t.montant) FILTER (WHERE t.annee = 2016) AS en_2016,
                   sum(t.montant) FILTER (WHERE t.annee = 2017) AS en_2017,
                   sum(t.montant) FILTER (WHERE t.annee = 2018) AS en_2018, sum(t.montant) AS total
              FROM financements_tranche t JOIN financements_action a ON a.id = t.action_id
              JOIN projets_projet p ON p.id = a.projet_id AND p.appel_id = {appel} GROUP BY t.action_id) v
        ON v.action_id = a.id
      JOIN (SELECT q.projet_id, string_agg(te.nom || ' ' || q.pourcentage, ', ' ORDER BY q.pourcentage DESC) AS texte
              FROM projets_partprojet q JOIN territoires_territoire te ON te.id = q.territoire_id
              JOIN projets_projet p ON p.id = q.projet_id AND p.appel_id = {appel} GROUP BY q.projet_id) q
        ON q.projet_id = p.id
      JOIN (SELECT e.projet_id, sum(e.cout) AS cout FROM projets_exerciceprojet e
              JOIN projets_projet p ON p.id = e.projet_id AND p.appel_id = {appel} GROUP BY e.projet_id) e
        ON e.projet_id = p.id
     WHERE p.appel_id = {appel} ORDER BY x.numero, p.numero
"""
NOMBRES = frozenset({0, 2, 11, 12, 13, 14, 15, 16, 17})
DATE = 19


def copier(fichier: BinaryIO, appel: AppelAProjets, premier: Callable[[], None]) -> None:
    """Le serveur écrit le CSV."""
    with connection.cursor() as curseur, curseur.copy(f"COPY ({NUE.format(appel=appel.pk)}) TO STDOUT CSV") as copie:
        for morceau in copie:
            premier()
            fichier.write(morceau)


def csv_nu(fichier: BinaryIO, appel: AppelAProjets, premier: Callable[[], None]) -> None:
    """Les lignes lues par un curseur du serveur, écrites par le module `csv`."""
    texte = io.TextIOWrapper(fichier, encoding="utf-8", newline="", write_through=True)
    plume = csv.writer(texte, delimiter=";")
    for lot in _lots(appel):
        plume.writerows(lot)
        premier()
    texte.detach()


def xlsx_nu(fichier: BinaryIO, appel: AppelAProjets, premier: Callable[[], None]) -> None:
    """Une feuille, les types donnés, rien d’autre."""
    classeur = xlsxwriter.Workbook(fichier, {"constant_memory": True})
    page = classeur.add_worksheet()
    montant, jour = classeur.add_format({"num_format": "#,##0.00"}), classeur.add_format({"num_format": "dd/mm/yyyy"})
    rang = 0
    for lot in _lots(appel):
        for rangee in lot:
            for colonne, valeur in enumerate(rangee):
                if valeur is None:
                    continue
                if colonne == DATE:
                    page.write_datetime(rang, colonne, valeur, jour)
                elif colonne in NOMBRES:
                    page.write_number(rang, colonne, valeur, montant)
                else:
                    page.write_string(rang, colonne, valeur)
            rang += 1
    classeur.close()
    premier()


def _lots(appel: AppelAProjets, requete: str = NUE) -> Any:
    with connection.chunked_cursor() as curseur:
        curseur.execute(requete.format(appel=appel.pk))
        while lot := curseur.fetchmany(PAR_LOT):
            yield lot


def _decisions(appel: AppelAProjets) -> Decisions:
    return Decisions(Perimetre.entier(appel), Action.objects.filter(projet__appel=appel))


def notre_csv(fichier: BinaryIO, appel: AppelAProjets, premier: Callable[[], None]) -> None:
    """Le CSV tel que l’écran l’envoie."""
    for morceau in csv_des_decisions(_decisions(appel)):
        premier()
        fichier.write(morceau)


def notre_classeur(extension: str) -> Callable[[BinaryIO, AppelAProjets, Callable[[], None]], None]:
    """Le classeur tel que l’écran l’envoie."""

    def ecrire(fichier: BinaryIO, appel: AppelAProjets, premier: Callable[[], None]) -> None:
        FORMATS[extension].ecrire(fichier, _decisions(appel), {})
        premier()

    return ecrire


def notre_scdl(fichier: BinaryIO, appel: AppelAProjets, premier: Callable[[], None]) -> None:
    """Le fichier des données ouvertes, jugé pendant qu’il s’écrit."""
    ecrire_scdl(fichier, Subventions(appel, Action.objects.filter(projet__appel=appel)))
    premier()


def progiciel_nu(sorte: str) -> Callable[[BinaryIO, AppelAProjets, Callable[[], None]], None]:
    """Les mêmes colonnes qu’au progiciel, imputation à part, écrites à la main : ni profil, ni contrôle."""

    def ecrire(fichier: BinaryIO, appel: AppelAProjets, premier: Callable[[], None]) -> None:
        texte = io.TextIOWrapper(fichier, encoding="utf-8", newline="", write_through=True)
        plume = csv.writer(texte, delimiter=";")
        for lot in _lots(appel, NUES[sorte]):
            plume.writerows(lot)
            premier()
        texte.detach()

    return ecrire


def notre_envoi(sorte: SorteDeProfil) -> Callable[[BinaryIO, AppelAProjets, Callable[[], None]], None]:
    """Le fichier du progiciel, toutes les colonnes."""

    def ecrire(fichier: BinaryIO, appel: AppelAProjets, premier: Callable[[], None]) -> None:
        choix = Action.objects.filter(projet__appel=appel)
        donnees = EnvoiAuProgiciel(appel, choix, sorte, exercice=2016, toutes=True)
        ecrire_l_envoi(fichier, ProfilDExport.par_defaut(sorte), donnees)
        premier()

    return ecrire


SORTES = {
    "copy": copier,
    "csv-nu": csv_nu,
    "csv": notre_csv,
    "xlsx-nu": xlsx_nu,
    "xlsx": notre_classeur("xlsx"),
    "ods": notre_classeur("ods"),
    "scdl": notre_scdl,
    "engagements-nu": progiciel_nu("engagements"),
    "engagements": notre_envoi(SorteDeProfil.ENGAGEMENTS),
    "liquidations-nu": progiciel_nu("liquidations"),
    "liquidations": notre_envoi(SorteDeProfil.LIQUIDATIONS),
}


def mesurer_une(sorte: str, appel: AppelAProjets) -> Mesure:
    """Un fichier écrit sur disque."""
    premiers: list[float] = []

    def premier() -> None:
        if not premiers:
            premiers.append(time.perf_counter() - debut)

    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier, "export")
        debut, cpu = time.perf_counter(), time.process_time()
        with chemin.open("wb") as fichier:
            SORTES[sorte](fichier, appel, premier)
        secondes, cpu = time.perf_counter() - debut, time.process_time() - cpu
        pic = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return Mesure(secondes, cpu, pic, chemin.stat().st_size // 1024, premiers[0] * 1000)


def mesurer_les_tours(sorte: str, slug: str, tours: int) -> Mesure:
    """Le tour médian, après un tour de chauffe s’il y en a plusieurs."""
    appel = AppelAProjets.objects.get(slug=slug)
    if tours > 1:
        mesurer_une(sorte, appel)
    mesures = sorted((mesurer_une(sorte, appel) for _ in range(tours)), key=lambda mesure: mesure.secondes)
    return mesures[tours // 2]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(mesurer_les_tours(sys.argv[1], sys.argv[2], int(sys.argv[3])))))
