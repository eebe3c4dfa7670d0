"""Une répartition calculée sans rien écrire : ce qu’elle donnerait, et ce qu’elle changerait."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from config.socle.montants import en_centimes, en_euros
from financements.chiffres.reference import montants_de_reference
from financements.chiffres.versions_de_repartition import Version, derniere_version
from financements.models import Dotation, DotationAxe, Enveloppe, Repartition, ReserveAnnuelle
from financements.rules.reliquats import RELIQUATS
from financements.rules.repartition import (
    ALGORITHME,
    Depart,
    Donnees,
    Quotite,
    Resultat,
    calculer,
    depuis_json,
    en_json,
)
from projets.models import Axe
from territoires.models import Effectif, ReleveEffectifs, Territoire

VERSION_PRECEDENTE, REFERENCE = "version", "reference"
EURO = 100


@dataclass(frozen=True)
class Choix:
    """Ce que choisit la personne. `depart` : « version », « reference » ou rien ; `perte`, `gain` : centièmes de %."""

    releve: ReleveEffectifs
    unite: int = 1
    reserves: dict[int, Quotite] = field(default_factory=dict)
    axes: dict[tuple[int, int], Quotite] = field(default_factory=dict)
    depart: str = ""
    perte: int | None = None
    gain: int | None = None
    duree: int | None = None


@dataclass(frozen=True)
class Previsualisation:
    """Le calcul, et la version courante. `version` : celle que l’on écrirait ; None si une année est impossible."""

    donnees: Donnees
    resultat: Resultat
    courante: Version | None
    version: Version | None

    @cached_property
    def empreinte(self) -> str:
        """Celle de la version que l’on écrirait ; vide s’il n’y en a pas."""
        return self.version.empreinte if self.version else ""


def previsualiser(enveloppe: Enveloppe, choix: Choix) -> Previsualisation:
    """Calcule la version suivante de l’enveloppe (lue avec son appel) d’après ces choix."""
    courante = derniere_version(enveloppe)
    effectifs = list(
        Effectif.objects.filter(releve=choix.releve)
        .select_related("territoire")
        .defer("territoire__contour")
        .order_by("territoire__code")
    )
    donnees = Donnees(
        effectifs={effectif.territoire.code: effectif.nombre for effectif in effectifs},
        cp={credit.annee: en_centimes(credit.montant_cp) for credit in enveloppe.credits_annuels.all()},
        unite=choix.unite,
        reserves=choix.reserves,
        axes=choix.axes,
        depart=lire_le_depart(enveloppe, choix.depart, courante),
        perte=choix.perte,
        gain=choix.gain,
        duree=choix.duree,
    )
    territoires = {effectif.territoire.code: effectif.territoire for effectif in effectifs}
    return calculer_la_version(enveloppe, donnees, Suite(choix.releve, territoires, courante))


@dataclass(frozen=True)
class Suite:
    """Ce à quoi se rattache la version calculée : relevé, territoires par code, version courante."""

    releve: ReleveEffectifs
    territoires: dict[str, Territoire]
    courante: Version | None

    @property
    def numero(self) -> int:
        """Celui de la version que l’on écrirait."""
        return self.courante.repartition.version + 1 if self.courante else 1


def calculer_la_version(enveloppe: Enveloppe, donnees: Donnees, suite: Suite) -> Previsualisation:
    """La version que donnent ces données, à la suite de la version courante. Une requête."""
    resultat = calculer(donnees)
    version = None
    if resultat.est_possible and resultat.annees:
        repartition = _repartition(enveloppe, suite.releve, suite.numero, donnees)
        version = _version(repartition, resultat, suite.territoires)
    return Previsualisation(donnees, resultat, suite.courante, version)


def recalculer(enveloppe: Enveloppe, courante: Version, cp: dict[int, int]) -> Previsualisation:
    """Les mêmes choix que la version courante, avec d’autres crédits (année → centimes).

    Lève `ValueError` si elle vient d’un reversement : ses montants ne suivent pas du seul prorata.
    """
    parametres = courante.repartition.parametres
    if parametres.get("nature") == RELIQUATS:
        raise ValueError("La version courante vient d’un reversement : répartissez de nouveau avant de réviser.")
    if parametres:
        donnees = replace(depuis_json(parametres), cp=cp)
    else:
        donnees = Donnees(courante.effectifs, cp, courante.repartition.unite_centimes)
    territoires = {territoire.code: territoire for territoire in courante.territoires}
    return calculer_la_version(enveloppe, donnees, Suite(courante.repartition.releve, territoires, courante))


def lire_le_depart(enveloppe: Enveloppe, nature: str, courante: Version | None) -> Depart | None:
    """Les crédits de référence d’une année valent pour chacune de celles de l’enveloppe."""
    if nature == VERSION_PRECEDENTE and courante:
        montants: dict[int, dict[str, int]] = {annee: {} for annee in courante.annees}
        for (code, annee), montant in courante.montants.items():
            montants[annee][code] = montant
        return Depart(f"version {courante.repartition.version}", montants)
    if nature == REFERENCE and (reference := montants_de_reference(enveloppe.appel)):
        annees = [credit.annee for credit in enveloppe.credits_annuels.all()]
        return Depart(f"crédits de {reference.annee}", {annee: dict(reference.montants) for annee in annees})
    return None


def _repartition(enveloppe: Enveloppe, releve: ReleveEffectifs, numero: int, donnees: Donnees) -> Repartition:
    return Repartition(
        enveloppe=enveloppe,
        version=numero,
        releve=releve,
        methode=_methode(donnees),
        unite_centimes=donnees.unite,
        parametres=en_json(donnees),
        algorithme=ALGORITHME,
    )


def _methode(donnees: Donnees) -> str:
    """« plus forts restes, au centime ; convergence en 3 ans ; planchers ; réserve »."""
    morceaux = ["plus forts restes, " + ("à l’euro" if donnees.unite == EURO else "au centime")]
    if donnees.duree is not None:
        morceaux.append(f"convergence en {donnees.duree} an{'s' if donnees.duree > 1 else ''}")
    if donnees.perte is not None:
        morceaux.append("planchers")
    if donnees.gain is not None:
        morceaux.append("plafonds")
    if donnees.reserves:
        morceaux.append("réserve")
    if donnees.axes:
        morceaux.append("dotations d’axe")
    return "\u00a0; ".join(morceaux)


def _version(repartition: Repartition, resultat: Resultat, territoires: dict[str, Territoire]) -> Version:
    axes = {axe.numero: axe for axe in Axe.objects.filter(appel=repartition.enveloppe.appel_id)}
    effectifs = repartition.parametres["effectifs"]
    return Version(
        repartition=repartition,
        dotations=[
            Dotation(
                repartition=repartition,
                territoire=territoires[code],
                annee=annee,
                poids=effectifs[code],
                montant=en_euros(montant),
            )
            for annee, calcul in resultat.annees.items()
            for code, montant in calcul.montants.items()
        ],
        axes=[
            DotationAxe(repartition=repartition, axe=axes[numero], annee=annee, montant=en_euros(montant))
            for annee, calcul in resultat.annees.items()
            for numero, montant in calcul.axes.items()
        ],
        reserves=[
            ReserveAnnuelle(repartition=repartition, annee=annee, montant=en_euros(calcul.reserve))
            for annee, calcul in resultat.annees.items()
            if calcul.reserve
        ],
    )
