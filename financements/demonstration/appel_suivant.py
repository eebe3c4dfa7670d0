"""L’appel qui suit, ouvert au dépôt, et deux brouillons : tout est inventé. Des données."""

from projets.rules.lignes_cerfa import DEPARTEMENT, FSE, cle_ligne

SLUG_SUIVANT = "nord-2027-2029"
ANNEES_SUIVANTES = (2027, 2028, 2029)
JOURS_DEPUIS_L_OUVERTURE, JOURS_AVANT_LA_CLOTURE, HEURE_DE_CLOTURE = 20, 40, 17
JOURS_AVANT_LE_COMITE, JOURS_AVANT_LA_DELIBERATION = 90, 125
CREDITS_SUIVANTS = 76_000_000_00  # centimes
INTITULE = "Insertion des allocataires du RSA 2027-2029"
PRESENTATION = (
    "Appel à projets de démonstration, ouvert au dépôt. Le département cherche des actions qui rapprochent de "
    "l’emploi les allocataires du RSA du Nord, ou qui lèvent ce qui les en éloigne. Rien n’y est réel : déposez sans "
    "crainte."
)
SERVICE = {
    "service": "Direction de l’insertion (démonstration)",
    "service_adresse": "1 place de l’Exemple, 59000 Lille",
    "service_telephone": "03 20 00 00 00",
    "charge_du_dossier": "Dominique Exemple, responsable de l’appel à projets",
    "tribunal": "tribunal administratif de Lille",
}
ARTICLES = (
    ("Objet", "L’appel finance, de 2027 à 2029, des actions d’insertion professionnelle et sociale."),
    ("Porteurs", "Tout organisme qui mène l’action dans le Nord et tient une comptabilité."),
    ("Dépenses", "Les charges de l’action, contributions volontaires comptées à part. Charges et produits s’égalent."),
    ("Dépôt", "En ligne seulement, jusqu’à la clôture. Un accusé de réception est remis aussitôt."),
    ("Choix", "Selon les critères et les poids publiés, dans la limite des crédits de chaque territoire."),
    ("Suites", "Décision de l’assemblée départementale, convention, versements par année, bilan annuel."),
)


def _budget(charges: dict[str, int], produits: dict[str, int]) -> dict[str, str]:
    """Les mêmes montants (euros) chaque année."""
    return {
        f"c_{ligne}_{annee}": str(montant)
        for annee in ANNEES_SUIVANTES
        for ligne, montant in {**charges, **produits}.items()
    }


# Un brouillon auquel ne manquent que les pièces, un autre à peine commencé. Numéro de l’axe, intitulé, saisies.
BROUILLONS: tuple[tuple[int, str, dict[str, str]], ...] = (
    (
        4,
        "Garde d’enfants en horaires décalés",
        {
            "contact_fonction": "Directrice",
            "contact_telephone": "03 27 00 00 00",
            "objectifs": "Permettre à des parents seuls d’accepter un emploi tôt le matin, le soir ou le week-end.",
            "description": "Un accueil à domicile par des assistantes formées, de 5 h à 22 h, jusqu’à trois enfants.",
            "methode": "Entretien avec le référent, essai d’un mois, bilan trimestriel, relais vers une crèche.",
            "partenaires": "CAF, France Travail, communes du Denaisis.",
            "debut": "2027-01-04",
            "fin": "2029-12-31",
            "lieu": "Denain, Douai",
            "etp": "3,5",
            "moyens_humains": "Une coordinatrice, trois assistantes à domicile, un agent d’accueil à mi-temps.",
            "moyens_materiels": "Deux véhicules, un local prêté par la commune.",
            "resultats": "Soixante familles par an ; deux parents sur trois en emploi six mois après.",
            "indicateur_1_libelle": "Familles accompagnées par an",
            "indicateur_1_cible": "60",
            "indicateur_1_unite": "familles",
            "public_vise": "Parents seuls allocataires du RSA, avec au moins un enfant de moins de six ans.",
            "orientation": "Par les référents RSA et les agences France Travail.",
            "allocataires_2027": "60",
            "allocataires_2028": "65",
            "allocataires_2029": "70",
            "part_VAL": "60",
            "part_DOU": "40",
            **_budget(
                {"601": 4200, "613": 6000, "616": 1800, "625": 9000, "641": 62000, "645": 21000},
                {DEPARTEMENT: 60000, FSE: 28000, cle_ligne("74com", 1): 12000, "70": 4000},
            ),
            "nombre_74com": "1",
            "precision_74com_1": "Denain",
            "etat_74com_1": "acquis",
        },
    ),
    (2, "Atelier mobile de réparation de vélos", {"objectifs": "Rendre mobiles des allocataires sans permis."}),
)

# Les réponses du premier brouillon, par l’intitulé de la question.
REPONSES: dict[str, str | list[str]] = {
    "À quel besoin du territoire l’action répond-elle ?": "Trois places de crèche pour cent enfants.",
    "Qui oriente les allocataires vers l’action ?": ["Référents du département", "CCAS"],
    "L’action a-t-elle déjà été financée par le département ?": "oui",
    "Quel obstacle l’action lève-t-elle d’abord ?": "Garde d’enfants",
}
# Nom du compte, IBAN et BIC d’exemple, ceux des documentations bancaires.
COMPTE = ("Compte courant", "FR7630006000011234567890189", "AGRIFRPP")

# Ce que la bibliothèque du porteur contient déjà : nature, intitulé, année, texte du document.
DOCUMENTS = (
    ("comptes", "Comptes approuvés 2025", 2025, "Bilan, compte de résultat et annexe de l’exercice 2025."),
    (
        "rib",
        "Relevé d’identité bancaire",
        None,
        "Compte inventé pour la démonstration.",
    ),
)
