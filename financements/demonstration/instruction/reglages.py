"""Ce que l’appel en instruction demande et comment il note. Des données, inventées d’après l’usage de ces appels."""

SLUG_EN_INSTRUCTION = "nord-2026-2028"
ANNEES_EN_INSTRUCTION = (2026, 2027, 2028)
INTITULE = "Appel complémentaire 2026-2028"
PREFIXE = "AAP26"
PRESENTATION = (
    "Appel à projets de démonstration, clos et en cours d’instruction : projets, organismes, textes, montants et "
    "décisions sont inventés. Il complète le programme en cours, sur les territoires et les publics que les actions "
    "déjà financées n’atteignent pas assez."
)
JOURS_DEPUIS_LA_CLOTURE, DUREE_DU_DEPOT, HEURE_DE_CLOTURE = 25, 56, 17
COMITE_APRES_LA_CLOTURE, DELIBERATION_APRES_LA_CLOTURE = 62, 97  # jours
CREDITS = 18_000_000_00  # centimes
NOTATIONS_ATTENDUES, ECART_DE_TROISIEME_AVIS = 2, 20  # points sur 100

# Ce que chaque axe de l’appel cherche, par numéro ; les intitulés sont ceux du programme.
DESCRIPTIONS = {
    1: "Rapprocher directement des allocataires et des entreprises qui recrutent.",
    2: "Essayer ce qui n’existe pas encore sur le territoire, et le mesurer.",
    3: "Redonner un rythme, des gestes et une confiance par le travail, en atelier et chantier.",
    4: "Lever ce qui empêche d’accepter un emploi : mobilité, garde, langue, numérique, santé, logement.",
    5: "Accompagner les personnes dont la situation sociale éloigne l’emploi, seules ou en groupe.",
}

PDF, WORD, EXCEL, ODT, ODS = "pdf", "docx", "xlsx", "odt", "ods"
COMPTES, RIB, ACTIVITE = (
    "Comptes approuvés du dernier exercice",
    "Relevé d’identité bancaire",
    "Rapport d’activité du dernier exercice",
)
STATUTS, BILAN, CONVENTION = (
    "Statuts signés et liste des dirigeants",
    "Bilan de l’action précédente",
    "Convention d’atelier et chantier d’insertion",
)
# intitulé, aide, obligatoire, formats, taille (Mo), axe (0 : tous)
PIECES = (
    (STATUTS, "Pour une association absente du RNA à jour.", False, [PDF], 10, 0),
    (COMPTES, "Bilan, compte de résultat, annexe.", True, [PDF, EXCEL, ODS], 20, 0),
    (RIB, "Au nom de l’organisme.", True, [PDF], 5, 0),
    (ACTIVITE, "", True, [PDF, WORD, ODT], 20, 0),
    (BILAN, "En cas de reconduction.", False, [PDF, WORD, ODT], 20, 0),
    (CONVENTION, "Celle en cours avec l’État.", True, [PDF], 10, 3),
)

BESOIN, ORIENTEURS, DEJA = (
    "À quel besoin du territoire l’action répond-elle ?",
    "Qui oriente les allocataires vers l’action ?",
    "L’action a-t-elle déjà été financée par le département ?",
)
EMPLOYEURS, NOUVEAUTE, POSTES, OBSTACLE, MODE = (
    "Combien d’employeurs l’action mobilise-t-elle chaque année ?",
    "En quoi l’action est-elle nouvelle ?",
    "Combien de postes en insertion, en équivalents temps plein ?",
    "Quel obstacle l’action lève-t-elle d’abord ?",
    "L’accompagnement est-il individuel, collectif, ou les deux ?",
)
ORIENTE = ["Référents du département", "France Travail", "CCAS", "Associations", "Venue spontanée"]
OBSTACLES = ["Mobilité", "Garde d’enfants", "Numérique", "Savoirs de base", "Santé", "Logement"]
# intitulé, aide, sorte, obligatoire, choix, axe (0 : tous)
QUESTIONS: tuple[tuple[str, str, str, bool, list[str], int], ...] = (
    (BESOIN, "Chiffres et source.", "texte_long", True, [], 0),
    (ORIENTEURS, "", "choix_multiple", True, ORIENTE, 0),
    (DEJA, "", "oui_non", True, [], 0),
    (EMPLOYEURS, "", "entier", True, [], 1),
    (NOUVEAUTE, "Sur le territoire, ou par sa méthode.", "texte_long", True, [], 2),
    (POSTES, "", "entier", True, [], 3),
    (OBSTACLE, "", "choix_unique", True, OBSTACLES, 4),
    (MODE, "", "choix_unique", True, ["Individuel", "Collectif", "Les deux"], 5),
)

# intitulé, aide, poids (%), note plancher sur 5
CRITERES = (
    (
        "Adéquation aux priorités de l’axe et aux besoins du territoire",
        "Le besoin est chiffré, l’action y répond, rien d’équivalent n’existe à côté.",
        25,
        2,
    ),
    (
        "Qualité de la méthode et de l’accompagnement",
        "Étapes, rythme, encadrement, place laissée aux personnes.",
        20,
        None,
    ),
    (
        "Résultats attendus et indicateurs",
        "Sorties positives, et progression mesurée des publics les plus éloignés.",
        20,
        None,
    ),
    ("Ancrage partenarial et orientation des publics", "Qui oriente, qui relaie, avec quels engagements.", 10, None),
    ("Capacité du porteur et bilan antérieur", "Moyens, comptes, résultats des actions déjà financées.", 10, None),
    (
        "Soutenabilité, coût par allocataire, cofinancements",
        "Le coût rapporté à la médiane de l’axe, la part d’autres financeurs.",
        15,
        None,
    ),
)
