"""Ce que le porteur aurait tapé, champ par champ : les clés sont celles des formulaires du dossier."""

from dataclasses import dataclass
from random import Random

from financements.demonstration.instruction import reglages, textes
from financements.demonstration.instruction.budget import saisies_du_budget
from financements.demonstration.lieux import DANS, contracter
from projets.rules.budget import Budget
from projets.rules.fusion import Valeur

Saisies = dict[str, Valeur]
DU_BUDGET = ("c_", "precision_", "nombre_", "etat_", "retire_")
OBSTACLES = {
    "Mobilité": "Mobilité",
    "Garde d’enfants": "Garde d’enfants",
    "Numérique": "Numérique",
    "Santé": "Santé",
    "Logement": "Logement",
    "Langue et savoirs de base": "Savoirs de base",
}


@dataclass(frozen=True, slots=True)
class Redaction:
    """De quoi écrire un projet. `theme` : une clé de `textes.THEMES` ; `parts` : (territoire, %)."""

    axe: int
    theme: str
    intitule: str
    lieu: str
    parts: tuple[tuple[str, int], ...]
    allocataires: dict[int, int]
    est_reconduit: bool

    @property
    def par_an(self) -> int:
        """Allocataires de l’année la plus chargée."""
        return max(self.allocataires.values())


def ecrire_les_saisies(alea: Random, redaction: Redaction, budget: Budget) -> tuple[Saisies, Saisies]:
    """Les saisies du projet, puis ses réponses par intitulé de question."""
    theme, axe = textes.THEMES[redaction.theme], textes.AXES[redaction.axe]
    premiere, derniere = _annees(redaction)
    indicateur, unite = theme.indicateur

    def dire(choix: tuple[str, ...]) -> str:
        territoire = DANS[redaction.parts[0][0]]
        phrase = alea.choice(choix)
        return contracter(phrase.format(lieu=redaction.lieu, territoire=territoire, n=redaction.par_an))

    saisies: Saisies = {
        "intitule": redaction.intitule,
        "contact_fonction": alea.choice(textes.FONCTIONS),
        "objectifs": f"{theme.besoin}\n{dire(axe.objectifs)}",
        "description": theme.activite,
        "methode": dire(axe.methodes),
        "partenaires": dire(textes.PARTENAIRES),
        "debut": f"{premiere}-01-05",
        "fin": f"{derniere}-12-31",
        "lieu": redaction.lieu,
        "etp": f"{_etp(budget) // 10},{_etp(budget) % 10}",
        "moyens_humains": dire(axe.humains),
        "moyens_materiels": theme.moyens,
        "resultats": dire(axe.resultats),
        "indicateur_1_libelle": indicateur,
        "indicateur_1_cible": str(redaction.par_an),
        "indicateur_1_unite": unite,
        "public_vise": dire(axe.publics),
        "orientation": dire(textes.ORIENTATIONS),
        **{f"allocataires_{annee}": str(nombre) for annee, nombre in redaction.allocataires.items()},
        **{f"part_{code}": str(part) for code, part in redaction.parts},
        **saisies_du_budget(budget),
    }
    return {champ: valeur for champ, valeur in saisies.items() if valeur}, _reponses(alea, redaction, theme.besoin)


def completer_les_saisies(saisies: Saisies, budget: Budget) -> Saisies:
    """Après un complément : un résultat précisé, un nouveau budget."""
    gardees = {champ: valeur for champ, valeur in saisies.items() if not champ.startswith(DU_BUDGET)}
    precise = f"{saisies['resultats']}\nUn bilan écrit est remis chaque année au référent de territoire."
    return {**gardees, "resultats": precise, **saisies_du_budget(budget)}


def _annees(redaction: Redaction) -> tuple[int, int]:
    menees = [annee for annee, nombre in redaction.allocataires.items() if nombre]
    return menees[0], menees[-1]


def _etp(budget: Budget) -> int:
    """Dixièmes d’équivalent temps plein, d’après le salaire brut de l’année la plus chargée."""
    salaires = max(budget.de_la_ligne("641", 0, annee) for annee in budget.annees)
    return max(2, salaires // 2_600_00)


def _reponses(alea: Random, redaction: Redaction, besoin: str) -> Saisies:
    reponses: Saisies = {
        reglages.BESOIN: besoin,
        reglages.ORIENTEURS: alea.sample(reglages.ORIENTE, alea.randint(1, 3)),
        reglages.DEJA: "oui" if redaction.est_reconduit else "non",
    }
    territoire = DANS[redaction.parts[0][0]]
    propre: dict[int, tuple[str, Valeur]] = {
        1: (reglages.EMPLOYEURS, str(redaction.par_an // 2 + 5)),
        2: (reglages.NOUVEAUTE, contracter(alea.choice(textes.NOUVEAUTES).format(territoire=territoire))),
        3: (reglages.POSTES, str(max(2, redaction.par_an // 2))),
        4: (reglages.OBSTACLE, OBSTACLES.get(redaction.theme, "Mobilité")),
        5: (reglages.MODE, alea.choice(("Individuel", "Collectif", "Les deux"))),
    }
    question, reponse = propre[redaction.axe]
    return {**reponses, question: reponse}
