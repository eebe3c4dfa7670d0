"""Ce qui change d’un dépôt au suivant, champ par champ, lu dans les deux copies figées. Ni base ni horloge."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Copie = Mapping[str, Any]
Valeur = str | int
ORGANISME = {
    "nom": "Nom",
    "siret": "SIRET",
    "rna": "Numéro RNA",
    "forme_juridique": "Forme juridique",
    "adresse": "Adresse",
    "commune": "Commune",
    "representant": "Représentant légal",
    "courriel": "Courriel",
    "telephone": "Téléphone",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Un champ qui n’a plus la même valeur ; vide avant : ajouté, vide après : retiré.

    `est_un_montant` : les valeurs sont des centimes.
    """

    rubrique: str
    libelle: str
    avant: Valeur
    apres: Valeur
    est_un_montant: bool = False


@dataclass(frozen=True, slots=True)
class _Champ:
    rubrique: str
    libelle: str
    valeur: Valeur
    est_un_montant: bool = False


def differences(avant: Copie, apres: Copie) -> list[Difference]:
    """Dans l’ordre de la copie : ce que la nouvelle change ou ajoute, puis ce qu’elle ne dit plus.

    Un montant absent vaut zéro. Un document remplacé sous le même nom se voit à son empreinte.
    """
    anciens, nouveaux = dict(_champs(avant)), dict(_champs(apres))
    trouvees = []
    for cle in dict.fromkeys([*nouveaux, *anciens]):
        ancien, nouveau = anciens.get(cle), nouveaux.get(cle)
        decrit = nouveau or ancien
        assert decrit is not None  # noqa: S101 (la clé vient de l’un des deux)
        vide: Valeur = 0 if decrit.est_un_montant else ""
        valeurs = (ancien.valeur if ancien else vide, nouveau.valeur if nouveau else vide)
        if valeurs[0] != valeurs[1]:
            trouvees.append(Difference(decrit.rubrique, decrit.libelle, *valeurs, decrit.est_un_montant))
    return trouvees


def _champs(copie: Copie) -> Iterator[tuple[tuple[str, ...], _Champ]]:
    """Chaque champ de la copie et ce qui le désigne d’une version à l’autre."""
    yield ("intitule",), _Champ("Projet", "Intitulé", copie.get("intitule", ""))
    yield ("axe",), _Champ("Projet", "Axe", copie.get("axe", ""))
    for cle, libelle in ORGANISME.items():
        yield ("organisme", cle), _Champ("Organisme", libelle, copie.get("organisme", {}).get(cle, ""))
    for etape in copie.get("etapes", ()):
        for champ in etape["champs"]:
            yield ("etape", etape["cle"], champ["cle"]), _Champ(etape["libelle"], champ["libelle"], champ["valeur"])
    yield from _montants(copie.get("budget", ()))
    yield from _pieces(copie.get("pieces", ()))


def _montants(budget: Iterable[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, ...], _Champ]]:
    """Une ligne de budget par compte, libellé et année ; deux lignes de même nom s’ajoutent."""
    sommes: dict[tuple[str, ...], _Champ] = {}
    for tableau in budget:
        for ligne in [*tableau["lignes"], *tableau.get("ecarts", ())]:
            for annee, montant in zip(tableau["annees"], ligne["montants"], strict=False):  # le total suit, on l’omet
                cle = ("budget", tableau["titre"], ligne.get("compte", ""), ligne["libelle"], str(annee))
                deja = sommes[cle].valeur if cle in sommes else 0
                libelle = f"{ligne['libelle']}, {annee}"
                sommes[cle] = _Champ(f"Budget, {tableau['titre'].lower()}", libelle, int(deja) + montant, True)  # noqa: FBT003
    yield from sommes.items()


def _pieces(pieces: Iterable[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, ...], _Champ]]:
    """Les documents de chaque pièce, avec le début de leur empreinte."""
    documents: dict[str, list[str]] = {}
    for piece in pieces:
        documents.setdefault(piece["piece"], []).append(f"{piece['nom']} ({piece['empreinte'][:12]}…)")
    for nom, siens in documents.items():
        yield ("piece", nom), _Champ("Pièces", nom, ", ".join(sorted(siens)))
