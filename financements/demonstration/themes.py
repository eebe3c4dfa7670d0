"""Ce que les actions font : les thèmes de chaque axe et les mots de leurs intitulés."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Une famille d’actions : intitulé = un objet, un complément, un lieu.

    `genres` : organismes qui la portent ; `cout_par_an` : crédits par allocataire et par an, en euros ;
    `ampleur` : crédits d’une action, au moins et au plus, en milliers d’euros sur toute la durée.
    """

    sous_type: str
    genres: tuple[str, ...]
    cout_par_an: int
    ampleur: tuple[int, int]
    objets: tuple[str, ...]
    complements: tuple[str, ...]


IOD = Theme(
    "IOD", ("emploi", "maison_emploi", "emploi", "cias"), 900, (0, 999),
    ("Intervention sur l’offre et la demande",),
    ("", " : médiation directe avec les entreprises", " : équipe de médiation vers l’emploi durable"),
)  # fmt: skip

MEDIATION = (
    Theme("Clauses sociales", ("maison_emploi", "emploi", "intercommunalite"), 700, (0, 999),
          ("Facilitateur des clauses sociales", "Guichet des clauses d’insertion"),
          (" dans les marchés publics", " auprès des donneurs d’ordre", " pour les chantiers de rénovation urbaine")),
    Theme("Relations avec les entreprises", ("emploi", "maison_emploi", "entreprise"), 600, (0, 999),
          ("Prospection ciblée auprès des très petites entreprises", "Chargé de relations avec les entreprises",
           "Placement direct et suivi dans l’emploi", "Parrainage par des chefs d’entreprise"),
          (" pour les métiers en tension", " dans les services à la personne", " dans la logistique et le transport",
           " dans l’industrie et le bâtiment", " dans l’hôtellerie et la restauration")),
    Theme("Groupement d’employeurs", ("entreprise", "emploi"), 1500, (0, 999),
          ("Groupement d’employeurs pour l’insertion et la qualification", "Contrats en alternance et tutorat"),
          (" dans le bâtiment", " dans la propreté", " dans l’agroalimentaire", " dans l’aide à domicile")),
)  # fmt: skip

EXPERIMENTATION = (
    Theme("Création d’activité", ("entreprise", "emploi"), 900, (8, 400),
          ("Test d’activité en couveuse", "Accompagnement renforcé des créateurs d’activité",
           "Coopérative éphémère de services", "Appui aux travailleurs indépendants"),
          ("", " dans l’économie circulaire", " dans l’artisanat", " pour les femmes porteuses de projet",
           " dans l’agriculture biologique", " de proximité")),
    Theme("Parcours innovants", ("emploi", "social", "entreprise", "cias"), 420, (6, 400),
          ("Plateforme d’immersion en entreprise", "Accélérateur de retour à l’emploi",
           "Parcours intensif de dix semaines",
           "Job-dating itinérant", "Club de chercheurs d’emploi", "Premier pas vers l’emploi"),
          ("", " pour les plus de cinquante ans", " pour les moins de trente ans", " pour les parents isolés",
           " avec mentorat par des salariés", " par petits groupes")),
    Theme("Économie sociale et solidaire", ("entreprise", "chantier", "intercommunalite"), 1100, (10, 400),
          ("Conciergerie solidaire", "Légumerie d’insertion", "Atelier de réemploi du textile", "Filière bois énergie",
           "Cuisine partagée d’insertion", "Réparation de vélos et logistique du dernier kilomètre"),
          ("", " : étude de faisabilité et amorçage", " : phase d’essaimage", " avec les entreprises du bassin")),
    Theme("Évaluation et outils", ("emploi", "maison_emploi", "intercommunalite"), 260, (6, 120),
          ("Portefeuille de compétences", "Passeport des savoir-être", "Cartographie partagée de l’offre d’insertion",
           "Diagnostic des freins à l’emploi", "Reconnaissance des acquis par les badges"),
          ("", " pour les sortants de chantier", " en coconstruction avec les allocataires",
           " et formation des référents")),
)  # fmt: skip

ACI = Theme(
    "ACI", ("chantier", "chantier", "chantier", "cias", "social"), 1900, (0, 999),
    ("maraîchage biologique", "espaces verts et cadre de vie", "second œuvre du bâtiment", "couture et retouche",
     "recyclerie", "restauration collective", "entretien des cours d’eau", "rénovation du petit patrimoine",
     "menuiserie et ameublement", "blanchisserie", "collecte et tri des déchets",
     "entretien des berges et des chemins",
     "réemploi du matériel informatique", "mécanique et vélos", "pépinière et horticulture", "nettoyage urbain",
     "peinture et revêtements", "logistique alimentaire solidaire", "apiculture et verger", "métallerie"),
    ("",),
)  # fmt: skip

OBSTACLES = (
    Theme("Mobilité", ("mobilite", "mobilite", "social", "intercommunalite"), 420, (3, 400),
          ("Garage solidaire", "Plateforme de mobilité", "Auto-école sociale", "Location solidaire de véhicules",
           "Prêt de deux-roues", "Transport à la demande", "Conseil en mobilité", "Apprentissage du vélo"),
          ("", " pour les entretiens d’embauche", " pour les salariés en horaires décalés",
           " et diagnostic individuel",
           " et micro-crédit", " de proximité")),
    Theme("Garde d’enfants", ("enfance", "enfance", "social", "cias"), 620, (4, 400),
          ("Garde d’enfants en horaires décalés", "Accueil d’urgence des jeunes enfants", "Places de crèche réservées",
           "Garde à domicile", "Halte-garderie itinérante", "Accueil périscolaire élargi"),
          ("", " pour les parents en formation", " pour les parents isolés", " le temps d’une période d’essai",
           " avec accompagnement à la parentalité")),
    Theme("Numérique", ("numerique", "social", "cias"), 240, (2, 200),
          ("Numérique pour tous", "Ateliers d’initiation à l’informatique", "Aide aux démarches en ligne",
           "Permanence connectée", "Prêt d’ordinateurs reconditionnés", "Bus numérique"),
          ("", " pour la recherche d’emploi", " pour l’accès aux droits", " pour les grands débutants",
           " avec médiateur itinérant", " et bureautique")),
    Theme("Santé", ("sante", "social", "cias"), 330, (3, 260),
          ("Bilan de santé et accès aux soins", "Point d’écoute psychologique", "Accompagnement santé et emploi",
           "Remise en forme et confiance", "Prévention des addictions", "Médiation en santé"),
          ("", " pour lever les freins à l’emploi", " en lien avec les référents", " hors les murs",
           " avec visites accompagnées")),
    Theme("Logement", ("logement", "logement", "cias"), 480, (4, 320),
          ("Accès au logement des personnes en insertion", "Auto-réhabilitation accompagnée",
           "Sous-location solidaire",
           "Médiation locative", "Lutte contre la précarité énergétique", "Bail glissant"),
          ("", " pour les salariés en contrat d’insertion", " et économies d’énergie", " pour les jeunes ménages",
           " avec ateliers collectifs")),
    Theme("Langue et savoirs de base", ("social", "emploi", "numerique"), 300, (2, 220),
          ("Apprentissage du français à visée professionnelle", "Ateliers de lecture et d’écriture",
           "Remise à niveau avant formation", "Lutte contre l’illettrisme", "Préparation au code de la route"),
          ("", " pour les parents d’élèves", " en petits groupes", " avec stages en entreprise",
           " pour les grands débutants")),
)  # fmt: skip

SOCIAL = (
    Theme("Accompagnement individuel", ("cias", "cias", "social", "entraide"), 250, (24, 999),
          ("Référents généralistes de parcours", "Accompagnement social global", "Référent unique de proximité",
           "Accompagnement renforcé des familles", "Suivi des contrats d’engagement réciproque"),
          ("", " des personnes isolées", " des couples avec enfants", " des jeunes de moins de trente ans",
           " des allocataires de longue durée", " des travailleurs indépendants",
           " des personnes sans domicile stable")),
    Theme("Accès aux droits", ("entraide", "social", "cias"), 160, (2, 220),
          ("Accueil et accès aux droits", "Écrivain public", "Permanence sociale", "Médiation administrative",
           "Point conseil budget", "Domiciliation"),
          ("", " avec interprétariat", " avec prévention du surendettement", " en itinérance",
           " au plus près des habitants", " pour les ménages en rupture")),
    Theme("Action collective", ("social", "social", "entraide", "cias"), 230, (2, 320),
          ("Ateliers de remobilisation", "Groupe d’estime de soi", "Ateliers de la vie quotidienne", "Jardin partagé",
           "Cuisine et budget familial", "Club des savoirs", "Groupe de parole", "Vacances et départs en famille",
           "Marche et bien-être"),
          ("", " pour les femmes seules", " pour rompre l’isolement", " pour les parents", " entre générations",
           " pour les hommes isolés",
           " avec les habitants")),
    Theme("Projet culturel", ("culture", "culture", "social"), 270, (1, 160),
          ("Théâtre et confiance en soi", "Chorale et insertion", "Résidence artistique participative",
           "Atelier d’écriture",
           "Photographie et récits de vie", "Ciné-rencontres", "Danse et expression", "Arts du cirque",
           "Sorties culturelles accompagnées", "Radio locale"),
          ("", " avec les allocataires", ", avec restitution publique", " en médiathèque", " hors les murs",
           " en famille")),
    Theme("Aide alimentaire", ("entraide", "entraide", "cias"), 115, (2, 200),
          ("Épicerie solidaire", "Ateliers autour de l’aide alimentaire", "Panier solidaire", "Table ouverte"),
          ("", " et conseils en nutrition", " avec accompagnement budgétaire", " avec coups de main",
           " avec livraison à domicile", " et jardin nourricier")),
    Theme("Parentalité", ("social", "enfance", "entraide"), 240, (2, 240),
          ("Soutien à la parentalité", "Lieu d’accueil parents-enfants", "Médiation familiale", "Ludothèque solidaire",
           "Café des parents"),
          ("", " pour les jeunes parents", " et réussite éducative", " et visites à domicile",
           " et pause pour les aidants")),
    Theme("Santé et bien-être", ("sante", "social", "cias"), 245, (2, 260),
          ("Soutien psychologique", "Ateliers santé et bien-être", "Sport et insertion", "Accompagnement vers le soin",
           "Soutien aux personnes en addiction"),
          ("", " en individuel et en groupe", " pour les femmes victimes de violences", " au long cours",
           " à domicile", " avec pairs aidants")),
    Theme("Logement et hébergement", ("logement", "entraide", "cias"), 300, (6, 400),
          ("Accompagnement social lié au logement", "Prévention des expulsions", "Maintien dans le logement",
           "Accompagnement à la sortie d’hébergement"),
          ("", " des familles monoparentales", " des personnes isolées", " des jeunes ménages",
           " avec visites à domicile")),
)  # fmt: skip
