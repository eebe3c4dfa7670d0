"""Ce qu’un dépôt fige et ce que son accusé de réception annonce. Ni base ni horloge : tout est donné."""

import hashlib
import json
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from projets.rules.budget import BudgetVerifie
from projets.rules.calendrier import PARIS

MOIS_AVANT_REJET = 2
# Le plus qu’un complément suspende : autant que le délai lui-même. Une année mal tapée ne le repousse pas.
DUREE_MAXIMALE = timedelta(days=60)
CHIFFRES_DU_NUMERO = 4


@dataclass(frozen=True, slots=True)
class DossierVerifie:
    """Un projet auquel rien ne manque, dans la `version` qui a été vérifiée.

    `axe` : sa clé primaire ; `parts` : % par code de territoire, en centièmes ; `contenu` : la copie à figer, en JSON.
    """

    version: int
    intitule: str
    axe: int
    allocataires: int
    parts: Mapping[str, int]
    budget: BudgetVerifie
    contenu: Mapping[str, Any]


def reference(prefixe: str, numero: int) -> str:
    """« AAP16-0001 »."""
    return f"{prefixe}-{numero:0{CHIFFRES_DU_NUMERO}}"


@dataclass(frozen=True, slots=True)
class Suspension:
    """Un complément demandé : le délai de rejet s’arrête ce jour-là, jusqu’à la réponse, au plus à l’échéance."""

    demandee: date
    echeance: date
    repondue: date | None = None

    @property
    def duree(self) -> timedelta:
        """Sans réponse encore, le délai imparti entier."""
        return min(self.repondue or self.echeance, self.echeance) - self.demandee


def rejet_implicite_le(recu: date, suspensions: Iterable[Suspension] = ()) -> date:
    """Deux mois après la réception, même quantième, ou dernier jour du mois (CRPA, art. L231-4 et R112-5).

    Le silence gardé sur une demande à caractère financier vaut rejet. Une demande de pièces suspend le délai (CRPA,
    art. L114-5), sauf s’il était déjà passé. `suspensions` : dans l’ordre où elles ont été demandées.
    """
    mois = recu.month - 1 + MOIS_AVANT_REJET
    annee, rang = recu.year + mois // 12, mois % 12 + 1
    jour = date(annee, rang, min(recu.day, monthrange(annee, rang)[1]))
    for suspension in suspensions:
        if suspension.demandee <= jour:
            jour += suspension.duree
    return jour


def empreinte(contenu: Mapping[str, Any]) -> str:
    """SHA-256 (hexadécimal) du contenu : JSON, clés triées, sans espaces, en UTF-8."""
    texte = json.dumps(contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Accuse:
    """Ce que porte l’accusé de réception (CRPA, art. L112-11 et R112-5), tiré de la seule copie figée."""

    reference: str
    recu_le: datetime
    depose_par: str
    intitule: str
    appel: Mapping[str, str]
    organisme: Mapping[str, str]
    pieces: Sequence[Mapping[str, Any]]
    declarations: Sequence[str]
    rejet_le: date
    version: int
    empreinte: str

    @property
    def charge_du_dossier(self) -> str:
        """Nom et qualité de l’agent (CRPA, art. L111-2) ; vide dans les copies d’avant."""
        return self.appel.get("charge_du_dossier", "")

    @property
    def est_un_complement(self) -> bool:
        """Vrai à partir de la deuxième version : le délai court depuis la première, suspensions ajoutées."""
        return self.version > 1


def accuse(
    contenu: Mapping[str, Any],
    *,
    version: int,
    premier_depot: datetime,
    empreinte: str,
    suspensions: Iterable[Suspension] = (),
) -> Accuse:
    """L’accusé de réception d’un dépôt. `premier_depot` : l’instant dont part le délai de rejet implicite."""
    return Accuse(
        reference=contenu["reference"],
        recu_le=datetime.fromisoformat(contenu["depose_le"]).astimezone(PARIS),
        depose_par=contenu["depose_par"]["nom"],
        intitule=contenu["intitule"],
        appel=contenu["appel"],
        organisme=contenu["organisme"],
        pieces=contenu["pieces"],
        declarations=[attestation["texte"] for attestation in contenu.get("attestations", [])],
        rejet_le=rejet_implicite_le(premier_depot.astimezone(PARIS).date(), suspensions),
        version=version,
        empreinte=empreinte,
    )
