"""Ce que l’appel de démonstration demandait et comment il notait : inventé, d’après l’usage des appels d’insertion."""

from collections.abc import Sequence
from decimal import Decimal

from projets.models import AppelAProjets, Axe, Critere, PieceDemandee, Question

Piece = tuple[str, str, bool, list[str], int, int]
Demande = tuple[str, str, str, bool, list[str], int]
Note = tuple[str, str, int, int | None]

QUI_PEUT_REPONDRE = (
    "Associations, structures d’insertion par l’activité économique, CCAS et CIAS, communes, intercommunalités, "
    "groupements d’intérêt public et entreprises, pour une action menée dans le Nord avec des allocataires du RSA."
)
PDF, WORD, EXCEL, ODT, ODS = "pdf", "docx", "xlsx", "odt", "ods"
# intitulé, aide, obligatoire, formats, taille (Mo), axe (0 : tous)
PIECES = (
    ("Statuts signés et liste des dirigeants", "Pour une association absente du RNA à jour.", False, [PDF], 10, 0),
    ("Comptes approuvés du dernier exercice", "Bilan, compte de résultat, annexe.", True, [PDF, EXCEL, ODS], 20, 0),
    ("Relevé d’identité bancaire", "Au nom de l’organisme.", True, [PDF], 5, 0),
    ("Rapport d’activité du dernier exercice", "", True, [PDF, WORD, ODT], 20, 0),
    ("Délibération autorisant la demande", "Pour un porteur public.", False, [PDF], 5, 0),
    ("Bilan de l’action précédente", "En cas de reconduction.", False, [PDF, WORD, ODT], 20, 0),
    ("Convention d’atelier et chantier d’insertion", "Celle en cours avec l’État.", True, [PDF], 10, 3),
)
# intitulé, aide, sorte, obligatoire, choix, axe (0 : tous)
QUESTIONS: tuple[tuple[str, str, str, bool, list[str], int], ...] = (
    ("À quel besoin du territoire l’action répond-elle ?", "Chiffres et source.", "texte_long", True, [], 0),
    ("Qui oriente les allocataires vers l’action ?", "", "choix_multiple", True,
     ["Référents du département", "Pôle emploi", "CCAS", "Associations", "Venue spontanée"], 0),
    ("L’action a-t-elle déjà été financée par le département ?", "", "oui_non", True, [], 0),
    ("Combien d’employeurs l’action mobilise-t-elle chaque année ?", "", "entier", True, [], 1),
    ("En quoi l’action est-elle nouvelle ?", "Sur le territoire, ou par sa méthode.", "texte_long", True, [], 2),
    ("Combien de postes en insertion, en équivalents temps plein ?", "", "entier", True, [], 3),
    ("Quel obstacle l’action lève-t-elle d’abord ?", "", "choix_unique", True,
     ["Mobilité", "Garde d’enfants", "Numérique", "Savoirs de base", "Santé"], 4),
    ("L’accompagnement est-il individuel, collectif, ou les deux ?", "", "choix_unique", True,
     ["Individuel", "Collectif", "Les deux"], 5),
)  # fmt: skip
# intitulé, aide, poids (%), note plancher sur 5
CRITERES = (
    ("Réponse aux priorités de l’axe et aux besoins du territoire", "", 25, 2),
    ("Qualité de la méthode et de l’accompagnement", "", 20, 2),
    ("Résultats attendus et indicateurs", "Sorties positives, et progression des publics éloignés.", 20, None),
    ("Ancrage partenarial et orientation des publics", "", 10, None),
    ("Capacité du porteur et bilan antérieur", "", 10, None),
    ("Soutenabilité, coût par allocataire, cofinancements", "", 15, None),
)


def poser_les_reglages(
    appel: AppelAProjets,
    *,
    pieces: Sequence[Piece] = PIECES,
    questions: Sequence[Demande] = QUESTIONS,
    criteres: Sequence[Note] = CRITERES,
) -> None:
    """Ajoute les pièces, les questions et les critères d’un appel de démonstration qui n’en a pas."""
    axes = {axe.numero: axe for axe in Axe.objects.filter(appel=appel)}
    PieceDemandee.objects.bulk_create(
        PieceDemandee(
            appel=appel,
            axe=axes.get(axe),
            ordre=ordre,
            intitule=intitule,
            aide=aide,
            est_obligatoire=obligatoire,
            formats=formats,
            taille_maximale=taille,
        )
        for ordre, (intitule, aide, obligatoire, formats, taille, axe) in enumerate(pieces, 1)
    )
    Question.objects.bulk_create(
        Question(
            appel=appel,
            axe=axes.get(axe),
            ordre=ordre,
            intitule=intitule,
            aide=aide,
            sorte=sorte,
            est_obligatoire=obligatoire,
            choix=choix,
        )
        for ordre, (intitule, aide, sorte, obligatoire, choix, axe) in enumerate(questions, 1)
    )
    Critere.objects.bulk_create(
        Critere(appel=appel, ordre=ordre, intitule=intitule, aide=aide, poids=Decimal(poids), note_plancher=plancher)
        for ordre, (intitule, aide, poids, plancher) in enumerate(criteres, 1)
    )
