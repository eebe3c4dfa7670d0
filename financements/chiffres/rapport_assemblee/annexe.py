"""L’annexe à la délibération : par axe puis territoire, chaque projet retenu, et les sous-totaux que fait la base.

Un projet de plusieurs territoires a une ligne chez chacun, avec sa part ; son coût et sa demande y sont entiers, et ne
s’additionnent donc pas.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from config.socle.montants import en_euros, format_pourcent
from financements.chiffres.arbitrage.totaux import Totaux
from financements.chiffres.comite.seance import ref
from financements.chiffres.imputation import Imputations
from financements.chiffres.rapport_assemblee.donnees import Montants, Retenu
from financements.models import Imputation
from projets.models import Projet

SANS_IMPUTATION = "à imputer"


class RapportIncoherent(Exception):
    """Les lignes ne font pas le total du scénario : quelque chose a changé pendant la lecture."""


@dataclass(frozen=True)
class LigneDAnnexe:
    """Un projet chez un territoire. `part` : centièmes de %, None s’il est seul ; `ailleurs` : les autres territoires.

    `cout`, `demande`, `montants` (par année, dans l’ordre) en centimes ; `identifiant` : SIRET, ou RNA.
    """

    rang: int
    reference: str
    organisme: str
    identifiant: str
    commune: str
    intitule: str
    allocataires: int
    cout: int
    demande: int
    part: int | None
    ailleurs: tuple[str, ...]
    montants: tuple[int, ...]
    imputation: str

    @property
    def part_lue(self) -> str:
        """« Part de ce territoire : 33,33 % (aussi : Douaisis) », vide si le projet n’a que lui."""
        if self.part is None:
            return ""
        part = format_pourcent(en_euros(self.part), 2)
        return f"Part de ce territoire\u00a0: {part} (aussi\u00a0: {', '.join(self.ailleurs)})"

    @property
    def total(self) -> int:
        """Proposé ici, toutes années."""
        return sum(self.montants)


@dataclass(frozen=True)
class TerritoireDAnnexe:
    """Un territoire d’un axe. `sous_totaux` : par année, faits par la base."""

    nom: str
    lignes: list[LigneDAnnexe]
    sous_totaux: tuple[int, ...]

    @property
    def total(self) -> int:
        """Toutes années."""
        return sum(self.sous_totaux)


@dataclass(frozen=True)
class AxeDAnnexe:
    """Un axe. `projets` : combien, chacun compté une fois."""

    numero: int
    intitule: str
    projets: int
    sous_totaux: tuple[int, ...]
    territoires: list[TerritoireDAnnexe] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Toutes années."""
        return sum(self.sous_totaux)


@dataclass(frozen=True)
class Annexe:
    """`annees` de l’appel ; `sous_totaux` : par année."""

    annees: tuple[int, ...]
    axes: list[AxeDAnnexe]
    sous_totaux: tuple[int, ...]

    @property
    def total(self) -> int:
        """Celui du scénario."""
        return sum(self.sous_totaux)


def annexe(annees: Sequence[int], lus: Sequence[Retenu], sommes: Totaux, imputations: Imputations) -> Annexe:
    """Sans requête. Lève `RapportIncoherent` si une ligne manque ou s’ajoute à ce que la base a additionné."""
    rangs = count(1)
    axes = [_axe(numero, annees, lus, sommes, imputations, rangs) for numero in sorted(sommes.volets)]
    entiere = Annexe(tuple(annees), axes, tuple(sommes.par_annee.get(annee, 0) for annee in annees))
    lignes = sum(ligne.total for axe in axes for territoire in axe.territoires for ligne in territoire.lignes)
    if not lignes == entiere.total == sommes.total:
        raise RapportIncoherent
    return entiere


def _axe(
    numero: int,
    annees: Sequence[int],
    lus: Sequence[Retenu],
    sommes: Totaux,
    imputations: Imputations,
    rangs: "count[int]",
) -> AxeDAnnexe:
    siens = [un for un in lus if un.projet.axe.numero == numero]
    noms = {code: nom for un in siens for code, (nom, _) in un.parts.items()}
    axe = AxeDAnnexe(
        numero,
        siens[0].projet.axe.intitule if siens else "",
        len(siens),
        tuple(sommes.par_axe.get((numero, annee), 0) for annee in annees),
    )
    for code in sorted({code for un in siens for code in un.montants}, key=lambda code: noms.get(code, code)):
        ici = [un for un in siens if code in un.montants]
        axe.territoires.append(
            TerritoireDAnnexe(
                noms.get(code, code),
                [_ligne(next(rangs), un, code, annees, imputations) for un in ici],
                tuple(sommes.cellules.get((code, annee, numero), 0) for annee in annees),
            )
        )
    return axe


def _ligne(rang: int, lu: Retenu, code: str, annees: Sequence[int], imputations: Imputations) -> LigneDAnnexe:
    projet, organisme = lu.projet, lu.projet.organisme
    est_partage = len(lu.montants) > 1
    return LigneDAnnexe(
        rang=rang,
        reference=ref(projet),
        organisme=organisme.nom,
        identifiant=organisme.siret or organisme.rna or "",
        commune=organisme.commune.nom if organisme.commune else "",
        intitule=projet.intitule,
        allocataires=projet.allocataires_prevus,
        cout=lu.cout,
        demande=lu.demande,
        part=lu.parts[code][1] if est_partage and code in lu.parts else None,
        ailleurs=tuple(lu.parts[autre][0] for autre in lu.montants if autre != code and autre in lu.parts),
        montants=tuple(lu.montants[code].get(annee, 0) for annee in annees),
        imputation=_imputation(projet, lu.montants[code], imputations),
    )


def _imputation(projet: Projet, montants: Montants, imputations: Imputations) -> str:
    """« 9356-564 / 6574 » ; si elle change en cours de route, chacune avec ses années."""
    forme, axe = projet.organisme.forme_juridique, projet.axe.numero
    trouvees: dict[str, list[int]] = {}
    for annee in sorted(an for an, montant in montants.items() if montant):
        une: Imputation | None = imputations.chercher(axe=axe, forme_juridique=forme, exercice=annee)
        trouvees.setdefault(une.code if une else SANS_IMPUTATION, []).append(annee)
    if len(trouvees) <= 1:
        return next(iter(trouvees), SANS_IMPUTATION)
    return " ; ".join(f"{code} ({', '.join(map(str, annees))})" for code, annees in trouvees.items())
