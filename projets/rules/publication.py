"""Ce qui manque à un appel pour être publié, et ce que l’on peut encore y changer ensuite."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from projets.rules.calendrier import BROUILLON, OUVERT, PUBLIE

POIDS_TOTAL = 10_000  # centièmes de pour cent
COORDONNEES = ("service", "service_adresse", "service_telephone", "charge_du_dossier", "tribunal")
DATES_PREVUES = ("comite_le", "deliberation_le")
TEXTES_DE_L_APPEL = frozenset(
    {"intitule", "presentation", "qui_peut_repondre", "contact", *COORDONNEES, *DATES_PREVUES}
)
TEXTES_D_UN_ELEMENT = frozenset({"intitule", "description", "aide"})


@dataclass(frozen=True, slots=True)
class Reglages:
    """Ce que la règle regarde d’un appel. `poids` : ceux des critères, en centièmes de pour cent.

    `a_ses_coordonnees` : le service, son adresse, son téléphone, le tribunal (CRPA, art. R112-5), l’agent chargé du
    dossier (art. L111-2).
    """

    presentation: str
    qui_peut_repondre: str
    contact: str
    a_ses_coordonnees: bool
    a_un_reglement: bool
    nombre_d_axes: int
    poids: Sequence[int]
    ouvre_le: datetime
    ferme_le: datetime


@dataclass(frozen=True, slots=True)
class Manque:
    """Une chose à faire avant de publier. `rubrique` : la page de réglage où la faire."""

    rubrique: str
    texte: str


def manques(reglages: Reglages, instant: datetime) -> list[Manque]:
    """Tout ce qui empêche la publication à cet instant, dans l’ordre des rubriques ; vide si l’appel est prêt."""
    constats = [
        (not reglages.presentation.strip(), "presentation", "La présentation est vide."),
        (not reglages.qui_peut_repondre.strip(), "presentation", "Qui peut répondre n’est pas dit."),
        (not reglages.contact, "presentation", "L’adresse de contact manque."),
        (
            not reglages.a_ses_coordonnees,
            "presentation",
            "Le service, son adresse, son téléphone, l’agent chargé du dossier ou le tribunal compétent manque : "
            "l’accusé de réception les porte.",
        ),
        (reglages.ferme_le <= instant, "presentation", "La clôture est déjà passée."),
        (not reglages.a_un_reglement, "reglement", "Le règlement n’est pas joint."),
        (reglages.nombre_d_axes == 0, "axes", "L’appel n’a aucun axe."),
        (not reglages.poids, "criteres", "Aucun critère de notation n’est écrit."),
    ]
    trouves = [Manque(rubrique, texte) for manque, rubrique, texte in constats if manque]
    total = sum(reglages.poids)
    if reglages.poids and total != POIDS_TOTAL:
        trouves.append(Manque("criteres", f"Les poids des critères font {_pourcent(total)}, il faut 100\u00a0%."))
    return trouves


def _pourcent(centiemes: int) -> str:
    entier, reste = divmod(centiemes, 100)
    decimales = f",{reste:02}".rstrip("0") if reste else ""
    return f"{entier}{decimales}\u00a0%"


def champs_modifiables(etat: str) -> frozenset[str] | None:
    """Les champs de l’appel que l’on peut changer dans cet état effectif ; None : tous.

    Une fois l’appel publié, on corrige ses textes et les dates prévues du comité et de la délibération ; l’ouverture
    bouge tant qu’elle n’est pas passée, la clôture tant qu’elle ne l’est pas, et seulement pour être reculée
    (`report_est_permis`).
    """
    if etat == BROUILLON:
        return None
    if etat == PUBLIE:
        return TEXTES_DE_L_APPEL | {"ouvre_le", "ferme_le"}
    return TEXTES_DE_L_APPEL | {"ferme_le"} if etat == OUVERT else TEXTES_DE_L_APPEL


def report_est_permis(avant: datetime, apres: datetime, instant: datetime) -> bool:
    """La clôture annoncée ne s’avance jamais : un organisme compte dessus. Le nouvel instant est à venir."""
    return apres >= avant and apres > instant
