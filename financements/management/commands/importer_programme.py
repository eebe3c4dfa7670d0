"""`manage.py importer_programme FICHIER --appel SLUG [--simuler] [--rapport ERREURS.csv]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.socle.lecture.erreurs import en_tableau, erreurs_en_csv, nombre_d_erreurs
from config.socle.lecture.tableau import FichierIllisible
from config.socle.montants import format_euros, format_nombre
from financements.actions.importer_programme import importer_programme
from financements.imports.compte_rendu import CompteRendu
from financements.imports.conduite import ImportRefuse
from financements.templatetags.financements import pluriel
from projets.models import AppelAProjets


def _accorder(nombre: int, patron: str) -> str:
    """« 1 action créée », « 2 actions créées » : `{s}` est la marque du pluriel."""
    return f"{format_nombre(nombre)} {patron.format(s=pluriel(nombre))}"


class Command(BaseCommand):
    help = (
        "Importe un programme voté depuis un fichier XLSX, ODS ou CSV. Tout ou rien : à la moindre erreur rien n’est "
        "écrit, et toutes les erreurs sont listées. Importer deux fois le même fichier ne change rien."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Le fichier, l’appel, la simulation, le fichier d’erreurs à renvoyer."""
        parser.add_argument("fichier", type=Path, help="fichier XLSX, ODS ou CSV")
        parser.add_argument("--appel", required=True, help="adresse de l’appel à projets (nord-2016-2018)")
        parser.add_argument("--simuler", action="store_true", help="tout contrôler sans rien écrire")
        parser.add_argument("--rapport", type=Path, help="fichier CSV où écrire les erreurs, à renvoyer")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Importe et dit ce qui a été fait. `CommandError` (code de sortie 1) si quelque chose ne va pas."""
        appel = AppelAProjets.objects.filter(slug=options["appel"]).first()
        if appel is None:
            connus = ", ".join(AppelAProjets.objects.values_list("slug", flat=True)) or "aucun"
            raise CommandError(f"Aucun appel à projets « {options['appel']} » (appels connus : {connus}).")
        try:
            rendu = importer_programme(auteur=None, appel=appel, chemin=options["fichier"], simuler=options["simuler"])
        except (FichierIllisible, ImportRefuse) as refus:
            raise CommandError(str(refus)) from refus
        self._dire_les_avertissements(rendu)
        if rendu.erreurs:
            self._refuser(rendu, options["rapport"])
        self._dire_le_resultat(rendu)

    def _refuser(self, rendu: CompteRendu, rapport: Path | None) -> None:
        self._tableau("Erreurs", rendu.erreurs)
        suite = ""
        if rapport is not None:
            rapport.write_text("".join(erreurs_en_csv(rendu.erreurs)), encoding="utf-8", newline="")
            suite = f" Elles sont dans « {rapport} »."
        raise CommandError(f"{nombre_d_erreurs(rendu.erreurs)} : rien n’a été importé.{suite}")

    def _dire_les_avertissements(self, rendu: CompteRendu) -> None:
        if rendu.colonnes_ignorees:
            self.stdout.write(f"Colonnes ignorées : {', '.join(rendu.colonnes_ignorees)}")
        if rendu.avertissements:
            self._tableau("Avertissements", rendu.avertissements)

    def _tableau(self, titre: str, erreurs: Any) -> None:
        self.stderr.write(f"{titre} :")
        for rangee in en_tableau(erreurs):
            self.stderr.write(rangee)

    def _dire_le_resultat(self, rendu: CompteRendu) -> None:
        verbe = "Simulation, rien n’est écrit" if rendu.est_simulation else "Import terminé"
        self.stdout.write(
            f"{verbe} : {_accorder(rendu.creees, 'action{s} créée{s}')}, "
            f"{_accorder(rendu.inchangees, 'inchangée{s}')}, "
            f"{_accorder(rendu.organismes_crees, 'organisme{s} créé{s}')}, {format_euros(rendu.total)}."
        )
        for ligne in rendu.lignes_totaux:
            montants = " ; ".join(
                f"{annee} : {format_euros(montant)}"
                for annee, montant in zip(rendu.annees, ligne.montants, strict=True)
            )
            nom = f"Axe {ligne.axe}" if ligne.axe else "Total"
            self.stdout.write(f"  {nom} — {montants} ; ensemble : {format_euros(ligne.total)}")
