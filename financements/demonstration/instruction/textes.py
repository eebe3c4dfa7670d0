"""Ce que les projets disent d’eux : par thème, le besoin et l’activité ; par axe, la méthode et les moyens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextesDuTheme:
    """Les phrases d’un thème. `indicateur` : ce qu’on mesure, et son unité."""

    besoin: str
    activite: str
    moyens: str
    indicateur: tuple[str, str]


_T = TextesDuTheme
THEMES: dict[str, TextesDuTheme] = {
    "IOD": _T(
        "Des offres durables ne passent par aucun intermédiaire, et les allocataires ne les voient pas.",
        "Deux chargés de relation prospectent les entreprises, négocient l’offre et présentent des personnes sans CV.",
        "Deux véhicules de service, téléphones, salle d’entretien.",
        ("Contrats durables signés par an", "contrats"),
    ),
    "Clauses sociales": _T(
        "Les heures d’insertion des marchés publics profitent peu aux allocataires de longue durée.",
        "Le facilitateur écrit la clause avec l’acheteur, repère les personnes et suit chaque contrat jusqu’au terme.",
        "Bureau, logiciel de suivi des heures.",
        ("Heures d’insertion réalisées par an", "heures"),
    ),
    "Relations avec les entreprises": _T(
        "Les très petites entreprises recrutent dans l’urgence et sans annonce.",
        "Prospection de rue, visites d’entreprises en petits groupes, immersion d’une semaine, suivi dans l’emploi.",
        "Véhicule, salle de réunion, vêtements de travail prêtés.",
        ("Immersions suivies d’une embauche", "embauches"),
    ),
    "Groupement d’employeurs": _T(
        "Les artisans ont du travail à temps partagé, les allocataires cherchent un temps plein.",
        "Le groupement salarie, forme en alternance et répartit le temps entre plusieurs adhérents.",
        "Locaux partagés, plateau technique d’un centre de formation.",
        ("Contrats de professionnalisation signés", "contrats"),
    ),
    "Création d’activité": _T(
        "Créer son emploi est souvent la seule voie, et la plus solitaire.",
        "Test en grandeur nature sous contrat d’appui, atelier hebdomadaire, parrainage, suivi un an après le départ.",
        "Espace de travail partagé, imprimante, véhicule utilitaire en prêt.",
        ("Activités créées et vivantes à un an", "activités"),
    ),
    "Parcours innovants": _T(
        "Les parcours classiques perdent en route une personne sur deux.",
        "Dix semaines intensives, en groupe de douze : défis en entreprise, mentorat, entraînement aux entretiens.",
        "Salle équipée, ordinateurs portables prêtés.",
        ("Sorties vers l’emploi ou la formation", "personnes"),
    ),
    "Économie sociale et solidaire": _T(
        "Des besoins locaux ne trouvent pas de réponse, des compétences dorment.",
        "Étude de la filière, amorçage de l’activité avec six premiers salariés, mise en réseau des clients.",
        "Atelier de 300 m², véhicule utilitaire, outillage.",
        ("Postes créés au bout de trois ans", "postes"),
    ),
    "Évaluation et outils": _T(
        "Ce que savent faire les personnes ne se voit sur aucun papier.",
        "Ateliers de portefeuille de compétences, mises en situation observées, attestation signée par l’employeur.",
        "Salle, tablettes, référentiel partagé.",
        ("Portefeuilles de compétences remis", "portefeuilles"),
    ),
    "ACI": _T(
        "Sans reprise d’un rythme de travail, aucune formation ne tient.",
        "Vingt-six heures par semaine en équipe encadrée : production réelle, accompagnement, stages.",
        "Atelier aux normes, véhicule neuf places, outillage et équipements de protection.",
        ("Salariés en insertion par an", "salariés"),
    ),
    "Mobilité": _T(
        "Un emploi sur trois du bassin commence avant le premier bus.",
        "Diagnostic de mobilité, location à bas prix, réparation solidaire, préparation au permis.",
        "Garage équipé, douze véhicules, huit deux-roues.",
        ("Personnes redevenues mobiles par an", "personnes"),
    ),
    "Garde d’enfants": _T(
        "Faute de garde, des parents seuls refusent un poste ou quittent une formation.",
        "Accueil de 5 h à 22 h, places d’urgence réservées, relais vers une solution durable en trois mois.",
        "Local agréé, matériel de puériculture, véhicule.",
        ("Familles accueillies par an", "familles"),
    ),
    "Numérique": _T(
        "S’actualiser, écrire à un employeur, lire une fiche de paie : tout passe par un écran.",
        "Ateliers par niveau, permanence sans rendez-vous, prêt d’ordinateurs reconditionnés.",
        "Douze postes, connexion, véhicule aménagé.",
        ("Personnes devenues autonomes par an", "personnes"),
    ),
    "Santé": _T(
        "Les soins remis à plus tard finissent par interdire l’emploi.",
        "Bilan de santé, accompagnement aux rendez-vous, point d’écoute hebdomadaire, lien avec les référents.",
        "Deux salles de consultation, véhicule pour les visites.",
        ("Bilans de santé suivis de soins", "bilans"),
    ),
    "Logement": _T(
        "Sans logement stable, ni recherche d’emploi ni formation ne durent.",
        "Recherche d’un logement, sous-location puis bail glissant, ateliers sur les charges et les petits travaux.",
        "Douze logements captés, outillage prêté.",
        ("Ménages relogés durablement par an", "ménages"),
    ),
    "Langue et savoirs de base": _T(
        "Lire une consigne de sécurité manque à un allocataire sur six du territoire.",
        "Six heures par semaine en groupe de dix, visites d’entreprises, vocabulaire du métier visé.",
        "Salle, manuels, ordinateurs.",
        ("Personnes passant au niveau supérieur", "personnes"),
    ),
    "Accompagnement individuel": _T(
        "La file active des référents ne laisse que deux rendez-vous par an aux situations les plus lourdes.",
        "Un référent pour trente-cinq personnes, visites à domicile, contrat d’engagement revu chaque trimestre.",
        "Bureaux d’entretien dans trois communes, véhicule.",
        ("Contrats d’engagement suivis par an", "contrats"),
    ),
    "Accès aux droits": _T(
        "Un droit sur trois n’est pas demandé, par ignorance ou par lassitude.",
        "Permanences dans les quartiers et les bourgs, écrivain public, suivi des recours, point conseil budget.",
        "Bureau, ligne téléphonique, véhicule pour l’itinérance.",
        ("Droits ouverts ou rétablis par an", "droits"),
    ),
    "Action collective": _T(
        "L’isolement défait les habitudes, puis l’idée même de travailler.",
        "Ateliers hebdomadaires choisis par le groupe, projets menés de bout en bout, sorties préparées ensemble.",
        "Salle, cuisine, petit matériel.",
        ("Personnes régulières aux ateliers", "personnes"),
    ),
    "Projet culturel": _T(
        "Ne plus oser parler devant les autres ferme bien des portes.",
        "Création collective avec un artiste, répétitions hebdomadaires, restitution devant un public.",
        "Salle de répétition, matériel de scène, captation.",
        ("Personnes allant au bout du projet", "personnes"),
    ),
    "Aide alimentaire": _T(
        "Le panier de la fin du mois est la première demande, et l’occasion d’en écouter d’autres.",
        "Épicerie ouverte trois jours, ateliers de cuisine et de budget, entretien à chaque renouvellement.",
        "Local, chambre froide, camion frigorifique partagé.",
        ("Ménages accompagnés par an", "ménages"),
    ),
    "Parentalité": _T(
        "Des parents seuls portent tout, et renoncent à leurs propres projets.",
        "Lieu d’accueil deux demi-journées par semaine, médiation, répit, préparation d’une garde durable.",
        "Salle aménagée, jeux, coin repas.",
        ("Parents accompagnés par an", "parents"),
    ),
    "Santé et bien-être": _T(
        "La souffrance psychique touche près d’un allocataire de longue durée sur deux.",
        "Entretiens, groupes de dix séances, activité physique douce, relais vers le soin.",
        "Salle calme, matériel sportif léger.",
        ("Personnes engagées dans un soin", "personnes"),
    ),
    "Logement et hébergement": _T(
        "L’impayé d’hier devient l’expulsion de demain.",
        "Repérage avec les bailleurs, plan d’apurement, visites à domicile, relogement quand il le faut.",
        "Bureau, véhicule, fonds d’urgence.",
        ("Expulsions évitées par an", "ménages"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextesDeLAxe:
    """Les façons de dire d’un axe. Chaque suite est un choix ; `{lieu}`, `{territoire}`, `{n}` se remplacent."""

    objectifs: tuple[str, ...]
    methodes: tuple[str, ...]
    resultats: tuple[str, ...]
    publics: tuple[str, ...]
    humains: tuple[str, ...]


_A = TextesDeLAxe
AXES: dict[int, TextesDeLAxe] = {
    1: _A(
        ("Faire signer {n} contrats de plus de six mois par an dans {territoire}.",
         "Mettre en relation directe les employeurs de {territoire} et des allocataires sans réseau."),
        ("Prospection le matin, présentation dans les 48 heures, bilan à un, trois et six mois dans l’emploi.",
         "Une offre négociée par semaine et par chargé de relation ; aucun tri sur le CV."),
        ("Deux personnes sur trois en emploi six mois après la signature.",
         "La moitié des personnes en contrat durable, les autres en formation qualifiante."),
        ("Allocataires du RSA disponibles, quel que soit leur niveau, dont un tiers depuis plus de trois ans.",
         "Allocataires tenus aux obligations d’emploi, orientés par leur référent."),
        ("Deux chargés de relation avec les entreprises, un coordinateur à mi-temps.",
         "Un chargé de mission, une assistante à mi-temps, une directrice à 10 %."),
    ),
    2: _A(
        ("Essayer pendant trois ans, à {lieu}, ce que personne ne propose dans {territoire}.",
         "Accompagner {n} personnes par an par une voie nouvelle, et dire honnêtement ce qui marche."),
        ("Groupes de douze, comité d’allocataires, point d’étape tous les deux mois, évaluation par un tiers.",
         "Trois phases : repérer, expérimenter, transmettre ; chaque phase se termine par un bilan écrit."),
        ("Six personnes sur dix en emploi, en formation ou créatrices d’activité un an après.",
         "Une méthode écrite, reprise par deux autres structures de {territoire}."),
        ("Allocataires volontaires, dont la moitié de femmes et un tiers de moins de trente ans.",
         "Allocataires que les parcours existants n’ont pas retenus."),
        ("Une cheffe de projet, deux animateurs, un évaluateur extérieur.",
         "Un chargé de développement à temps plein, des intervenants payés à la séance."),
    ),
    3: _A(
        ("Redonner un rythme de travail à {n} personnes par an à {lieu}.",
         "Offrir des contrats d’insertion, de quatre à vingt-quatre mois, dans {territoire}."),
        ("Encadrement technique d’un pour huit, livret de compétences, deux immersions en entreprise par personne.",
         "Production pour de vrais clients, entretien chaque quinzaine, formation à la sécurité."),
        ("Soixante pour cent de sorties dynamiques ; progression mesurée pour chacun des autres.",
         "Quatre sorties sur dix vers l’emploi durable, la santé et le logement stabilisés pour tous."),
        ("Allocataires sans emploi depuis plus de deux ans, avec ou sans logement stable.",
         "Allocataires orientés par les référents et France Travail, dont un tiers de femmes."),
        ("Trois encadrants techniques, une accompagnatrice socioprofessionnelle, une assistante.",
         "Deux encadrants techniques, un accompagnateur à 80 %, une directrice à 20 %."),
    ),
    4: _A(
        ("Lever, pour {n} personnes par an, l’obstacle qui empêche d’accepter un emploi.",
         "Rendre possible une reprise d’emploi à {lieu} et alentour."),
        ("Diagnostic en une heure, solution provisoire sous huit jours, solution durable sous trois mois.",
         "Entretien avec le référent, plan écrit, bilan chaque trimestre, relais vers le droit commun."),
        ("Deux personnes sur trois ont repris un emploi ou une formation six mois après.",
         "L’obstacle est levé pour quatre personnes sur cinq, sans rechute à un an."),
        ("Allocataires qui ont un projet d’emploi et un obstacle précis.",
         "Allocataires en recherche active, salariés en insertion, parents seuls d’abord."),
        ("Une coordinatrice, deux intervenants, un agent d’accueil à mi-temps.",
         "Un responsable, trois intervenants à temps partiel, des bénévoles formés."),
    ),
    5: _A(
        ("Accompagner {n} personnes par an de {territoire} vers leurs droits, les autres et un projet.",
         "Rompre l’isolement et reprendre pied, à {lieu}, avant de parler d’emploi."),
        ("Accueil sans condition, entretien sous quinze jours, activité hebdomadaire, point avec le référent.",
         "Parcours de neuf mois : retrouver confiance, régler l’urgent, choisir un projet, passer le relais."),
        ("Sept personnes sur dix ont un projet écrit avec leur référent au bout d’un an.",
         "Droits à jour pour tous, une activité régulière pour la moitié, un emploi pour une sur cinq."),
        ("Allocataires isolés, sans emploi depuis plus de trois ans, ou aux soins et au logement fragiles.",
         "Allocataires relevant de l’accompagnement social, orientés par leur référent."),
        ("Une travailleuse sociale, une animatrice, un coordinateur à mi-temps.",
         "Deux référents, une psychologue à 20 %, des bénévoles."),
    ),
}  # fmt: skip

PARTENAIRES = (
    "CCAS de {lieu}, France Travail, maison Nord solidarités.",
    "Référents RSA de {territoire}, mission locale, CAF du Nord.",
    "Ville de {lieu}, bailleurs sociaux, centre social voisin.",
    "",
)
ORIENTATIONS = (
    "Par les référents du département, après un entretien à trois.",
    "Par France Travail et les CCAS ; accueil direct possible.",
    "Par les référents et les partenaires du quartier, sur fiche de liaison.",
)
NOUVEAUTES = (
    "Personne ne le propose dans {territoire} ; la méthode vient d’une autre région et sera évaluée.",
    "Les allocataires conçoivent l’action avec nous, dès le premier mois.",
)
FONCTIONS = ("Directrice", "Directeur", "Responsable de l’insertion", "Coordinatrice", "Président")
PRENOMS = (
    "Amélie", "Brigitte", "Cédric", "Djamila", "Élodie", "Farid", "Ghislaine", "Hervé", "Inès", "Jérémy", "Karima",
    "Laurent", "Maryse", "Nicolas", "Odile", "Pascal", "Rachida", "Sylvain", "Thérèse", "Yannick",
)  # fmt: skip
NOMS = (
    "Bécu", "Carton", "Dehaene", "Fauvarque", "Gosselin", "Hennebelle", "Jacquart", "Lemahieu", "Mortreux", "Ouali",
    "Plouvier", "Quennoy", "Rogez", "Sénéchal", "Thibaut", "Verhaeghe", "Wibaux", "Zidani", "Bonte", "Delcroix",
)  # fmt: skip
MANQUES = (
    "Les comptes joints sont ceux d’un exercice trop ancien : envoyez les derniers comptes approuvés.",
    "Le rapport d’activité s’arrête à la page 4 : renvoyez le fichier entier.",
    "Précisez le nombre d’allocataires par territoire et la façon de les compter.",
    "Le relevé d’identité bancaire n’est pas au nom de l’organisme.",
    "Détaillez les charges de personnel : combien de postes, à quel temps de travail ?",
    "Joignez l’accord écrit de la commune sur son cofinancement.",
)
IRRECEVABILITES = (
    "L’action se déroule hors du Nord.",
    "L’organisme n’est pas de ceux que l’appel admet.",
    "L’action s’adresse à des collégiens, pas à des allocataires du RSA.",
    "La demande porte sur un investissement, que l’appel ne finance pas.",
)
RETRAITS = ("Financement obtenu ailleurs pour la même action.", "Le poste de coordination n’a pas pu être pourvu.")
NOTES_INTERNES = (
    "Appelé le porteur ce matin : l’accord de la commune est voté, il l’envoie.",
    "Même action déjà financée par le FSE ? À vérifier avant de noter.",
    "Coût par allocataire très au-dessus de la médiane : regarder le poste 64.",
    "Visite faite mardi : équipe solide, locaux à l’étroit.",
)
