"""Ce que le scénario n’attribue pas : la liste d’attente, les non retenus, et pourquoi."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery, Sum

from config.socle.montants import en_centimes
from financements.chiffres.comite.seance import ref
from financements.models import Amendement, EcartALaNote, LigneDeScenario, Scenario
from financements.states import PROJETS_ARBITRABLES, Choix
from projets.models import AvisInstruction, ExerciceProjet
from projets.states import SensDeLAvis

MOTIF_AU_PLUS = 400  # caractères d’un motif imprimé ; le dossier le garde entier
SANS_MOTIF = "motif à compléter"


@dataclass(frozen=True)
class Ecarte:
    """Un projet que le scénario n’attribue pas. `demande` : toutes années, centimes."""

    axe: int
    reference: str
    organisme: str
    commune: str
    intitule: str
    demande: int
    motif: str


@dataclass(frozen=True)
class Ecartes:
    """Par axe puis numéro."""

    attente: list[Ecarte]
    non_retenus: list[Ecarte]

    @property
    def demande_en_attente(self) -> int:
        """Ce que demandent les projets en liste d’attente, centimes."""
        return sum(un.demande for un in self.attente)

    @property
    def demande_non_retenue(self) -> int:
        """Ce que demandent les autres, centimes."""
        return sum(un.demande for un in self.non_retenus)

    @property
    def sans_motif(self) -> int:
        """Combien n’en ont pas : la décision de refus devra en avoir un (CRPA L211-2)."""
        return sum(un.motif == SANS_MOTIF for un in (*self.attente, *self.non_retenus))


def ecartes(scenario: Scenario) -> Ecartes:
    """Une requête. Un projet choisi puis retiré par son porteur, ou classé, est parmi les non retenus."""
    lignes = (
        LigneDeScenario.objects.filter(scenario=scenario)
        .exclude(Q(choix=Choix.RETENU, projet__etat__in=PROJETS_ARBITRABLES))
        .select_related("projet__appel", "projet__axe", "projet__organisme__commune")
        .order_by("projet__axe__numero", "projet__numero")
        .annotate(**_motifs(), demande=_demande())
    )
    attente: list[Ecarte] = []
    non_retenus: list[Ecarte] = []
    for ligne in lignes:
        en_course = ligne.projet.etat in PROJETS_ARBITRABLES
        liste = attente if ligne.choix == Choix.ATTENTE and en_course else non_retenus
        liste.append(_lire(ligne))
    return Ecartes(attente, non_retenus)


def _motifs() -> dict[str, Subquery]:
    """Le dernier amendement du comité, l’écart qu’il a justifié, le dernier avis."""
    amendements = Amendement.objects.filter(
        point__projet=OuterRef("projet"), point__comite__scenario=OuterRef("scenario")
    ).order_by("-pk")
    justifies = EcartALaNote.objects.filter(projet=OuterRef("projet"), comite__scenario=OuterRef("scenario")).order_by(
        "-pk"
    )
    avis = AvisInstruction.objects.filter(projet=OuterRef("projet")).order_by("-version")
    return {
        "choix_du_comite": Subquery(amendements.values("apres__0")[:1]),
        "motif_du_comite": Subquery(amendements.values("motif")[:1]),
        "ecart": Subquery(justifies.values("justification")[:1]),
        "sens": Subquery(avis.values("sens")[:1]),
        "motif_de_l_avis": Subquery(avis.values("motif")[:1]),
    }


def _demande() -> Subquery:
    exercices = ExerciceProjet.objects.filter(projet=OuterRef("projet")).order_by().values("projet")
    return Subquery(exercices.annotate(somme=Sum("montant_demande")).values("somme"))


def _lire(ligne: LigneDeScenario) -> Ecarte:
    projet = ligne.projet
    commune = projet.organisme.commune
    return Ecarte(
        axe=projet.axe.numero,
        reference=ref(projet),
        organisme=projet.organisme.nom,
        commune=commune.nom if commune else "",
        intitule=projet.intitule,
        demande=en_centimes(vars(ligne)["demande"] or Decimal(0)),
        motif=_motif(ligne),
    )


def _motif(ligne: LigneDeScenario) -> str:
    """Le plus proche de la décision d’abord. Un avis favorable n’explique pas un refus : le motif reste à écrire."""
    lu = vars(ligne)
    if ligne.projet.etat not in PROJETS_ARBITRABLES:
        return f"Projet {ligne.projet.get_etat_display()}."
    if lu["motif_du_comite"] and lu["choix_du_comite"] == ligne.choix:
        return f"Comité\u00a0: {_coupe(lu['motif_du_comite'])}"
    if lu["ecart"]:
        return f"Comité\u00a0: {_coupe(lu['ecart'])}"
    if lu["sens"] in {SensDeLAvis.DEFAVORABLE, SensDeLAvis.RESERVE}:
        return f"Avis {SensDeLAvis(lu['sens']).label}\u00a0: {_coupe(lu['motif_de_l_avis'])}"
    return SANS_MOTIF


def _coupe(texte: str) -> str:
    """Au dernier mot qui tient, sur une ligne."""
    plat = " ".join(texte.split())
    return plat if len(plat) <= MOTIF_AU_PLUS else f"{plat[:MOTIF_AU_PLUS].rsplit(' ', 1)[0]}…"
