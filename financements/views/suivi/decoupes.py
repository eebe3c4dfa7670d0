"""Les découpes d’une page de suivi, telles que `suivi/_decoupes.html` les montre."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse

from config.socle.dessins import Dessin
from financements.chiffres.execution.dessins import dessin_par_axe, dessin_par_territoire
from financements.chiffres.execution.programme import Execution
from financements.chiffres.execution.tableaux import Chiffres

LARGE = 900


@dataclass(frozen=True)
class Rangee:
    """Une ligne : son nom, la page où elle mène (vide : aucune), ses chiffres."""

    nom: str
    chiffres: Chiffres
    adresse: str = ""
    affecte: Decimal | None = None


@dataclass(frozen=True)
class Decoupe:
    """Un tableau, et au besoin son dessin."""

    cle: str
    titre: str
    legende: str
    entete: str
    rangees: list[Rangee] = field(default_factory=list)
    dessin: Dessin | None = None
    avec_affecte: bool = False
    note: str = ""


def par_axe(execution: Execution, slug: str) -> Decoupe:
    """Une ligne par axe, qui mène à sa page."""
    return Decoupe(
        cle="axes",
        titre="Par axe",
        legende="Exécution par axe",
        entete="Axe",
        rangees=[
            Rangee(
                f"{ligne.axe.numero}. {ligne.axe.intitule}",
                ligne.chiffres,
                reverse("financements:axe", args=[slug, ligne.axe.numero]),
                ligne.affecte,
            )
            for ligne in execution.par_axe
        ],
        dessin=dessin_par_axe(execution, largeur=LARGE),
        avec_affecte=True,
    )


def par_territoire(execution: Execution, slug: str) -> Decoupe:
    """Une ligne par territoire, qui mène à sa page."""
    return Decoupe(
        cle="territoires",
        titre="Par territoire",
        legende="Exécution par territoire",
        entete="Territoire",
        rangees=[
            Rangee(
                ligne.territoire.nom,
                ligne.chiffres,
                reverse("financements:territoire", args=[slug, ligne.territoire.code]),
            )
            for ligne in execution.par_territoire
        ],
        dessin=dessin_par_territoire(execution, largeur=LARGE),
        note="Une action partagée compte dans chaque territoire pour sa part votée : la somme est le programme.",
    )


def par_imputation(execution: Execution) -> Decoupe:
    """Une ligne par ligne du budget."""
    return Decoupe(
        cle="imputations",
        titre="Par imputation",
        legende="Exécution par imputation budgétaire",
        entete="Imputation",
        rangees=[
            Rangee(
                f"{ligne.libelle}, {ligne.imputation.libelle}" if ligne.imputation else ligne.libelle, ligne.chiffres
            )
            for ligne in execution.par_imputation
        ],
    )
