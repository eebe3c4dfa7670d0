"""Le journal en français : une phrase par acte, un libellé par champ. Un acte nouveau s’ajoute ici.

Les phrases sont nominales : ni l’auteur ni la date n’y sont, ils sont dans leurs colonnes.
"""

_ELEMENTS = {
    "axe": "d’un axe",
    "piecedemandee": "d’une pièce demandée",
    "question": "d’une question",
    "critere": "d’un critère",
    "pointderecevabilite": "d’un point de recevabilité",
}
_GESTES = {
    "ajouter": "Ajout",
    "modifier": "Modification",
    "deplacer": "Déplacement",
    "supprimer": "Suppression",
}

# Acte du journal → ce qui s’est passé.
PHRASES: dict[str, str] = {
    # le dossier
    "creer_projet": "Projet commencé",
    "copier_projet": "Projet copié d’un autre",
    "joindre_un_document": "Document joint au projet",
    "retirer_une_piece": "Document retiré du projet",
    "deposer": "Projet déposé",
    "completer": "Complément rendu",
    "retirer": "Projet retiré",
    "ecrire_un_message": "Message envoyé",
    # l’instruction
    "demander_une_piece": "Complément demandé",
    "reprendre_sans_complement": "Demande de complément levée",
    "controler_la_recevabilite": "Recevabilité contrôlée",
    "declarer_recevable": "Projet déclaré recevable",
    "declarer_irrecevable": "Projet déclaré irrecevable",
    "rouvrir": "Projet rouvert",
    "rendre_la_notation": "Notation rendue",
    "reprendre_la_notation": "Notation reprise",
    "commenter": "Note interne écrite",
    "retirer_un_commentaire": "Note interne retirée",
    "rendre_un_avis": "Avis rendu",
    "reviser_l_avis": "Nouvelle version de l’avis",
    "rendre_un_avis_associe": "Avis d’un territoire associé",
    "demander_un_avis_externe": "Avis extérieur demandé",
    "relancer_un_avis_externe": "Avis extérieur relancé",
    "retirer_un_avis_externe": "Demande d’avis extérieur retirée",
    "repondre_a_un_avis_externe": "Avis extérieur rendu",
    "demander_les_motifs": "Motifs de la décision demandés",
    "communiquer_les_motifs": "Motifs de la décision communiqués",
    "presenter": "Projet présenté en comité",
    "retirer_du_comite": "Projet retiré du comité",
    "retenir": "Projet retenu",
    "mettre_en_attente": "Projet mis en liste d’attente",
    "ne_pas_retenir": "Projet non retenu",
    "classer_sans_suite": "Projet classé sans suite",
    # les affectations
    "affecter": "Projet confié",
    "retirer_l_affectation": "Affectation retirée",
    "se_deporter": "Déport déclaré",
    "lever_le_deport": "Déport levé",
    "declarer_une_absence": "Absence déclarée",
    "terminer_l_absence": "Absence terminée",
    "creer_le_lot": "Acte en lot demandé",
    "exporter_l_instruction": "Instruction exportée",
    # l’arbitrage
    "creer_un_scenario": "Scénario créé",
    "regler_un_scenario": "Scénario réglé",
    "supprimer_un_scenario": "Scénario supprimé",
    "saisir_dans_un_scenario": "Saisie dans un scénario",
    "annuler_une_saisie": "Saisie annulée",
    "retablir_une_saisie": "Saisie rétablie",
    # l’appel à projets
    "creer_appel": "Appel à projets créé",
    "copier_appel": "Appel à projets copié d’un autre",
    "modifier_appel": "Appel à projets modifié",
    "publier_appel": "Appel à projets publié",
    "depublier_appel": "Publication de l’appel annulée",
    "ouvrir_appel": "Appel à projets ouvert",
    "clore_appel": "Appel à projets clos",
    "instruire_appel": "Appel à projets mis en instruction",
    "arbitrer_appel": "Appel à projets mis en arbitrage",
    "deliberer_appel": "Appel à projets délibéré",
    "executer_appel": "Appel à projets mis en exécution",
    "solder_appel": "Appel à projets soldé",
    "archiver_appel": "Appel à projets archivé",
    "accorder_une_prolongation": "Prolongation accordée",
    "retirer_une_prolongation": "Prolongation retirée",
    **{f"{geste}_{cle}": f"{nom} {quoi}" for geste, nom in _GESTES.items() for cle, quoi in _ELEMENTS.items()},
}

# Champ de « avant » et « après » → son nom à l’écran.
LIBELLES: dict[str, str] = {
    "acte": "acte",
    "annee": "année",
    "appel": "appel à projets",
    "au": "dernier jour",
    "avis": "avis n°",
    "axe": "axe n°",
    "axes": "axes n°",
    "champs": "champs repris",
    "commentaire": "commentaire",
    "conditions": "conditions",
    "cout_eligible": "coût éligible",
    "critere": "critère",
    "demande": "demande n°",
    "document": "document n°",
    "du": "premier jour",
    "echeance": "échéance",
    "email": "adresse électronique",
    "empreinte": "empreinte SHA-256",
    "etat": "état",
    "ferme_le": "clôture",
    "filtres": "filtres",
    "format": "format",
    "instructeur": "instructeur",
    "intitule": "intitulé",
    "jusqu_au": "jusqu’au",
    "justification": "justification",
    "lignes": "lignes",
    "mentions": "personnes nommées",
    "message": "message n°",
    "montant": "montant",
    "motif": "motif",
    "nom": "nom",
    "note": "note",
    "notes": "note",
    "numero": "numéro",
    "origine": "point de départ",
    "saisie": "saisie",
    "organisme": "organisme",
    "ouvre_le": "ouverture",
    "partage": "ce qui est partagé",
    "personne": "personne",
    "piece": "pièce demandée n°",
    "point": "point de recevabilité",
    "precision": "précision",
    "projet": "projet n°",
    "projets": "projets",
    "propositions": "proposition",
    "qualite": "à quel titre",
    "question": "question posée",
    "remplacant": "remplaçant",
    "repartition": "par répartition",
    "reponse": "réponse",
    "resume": "résumé",
    "sens": "avis",
    "situation": "situation de la demande",
    "slug": "adresse de l’appel",
    "source": "copié de",
    "territoire": "territoire",
    "version": "version",
}


def phrase(acte: str) -> str:
    """« Projet déposé ». Un acte que la table ne connaît pas (une ligne ancienne) se lit quand même."""
    return PHRASES.get(acte) or acte.replace("_", " ").capitalize()


def libelle(champ: str) -> str:
    """« échéance » pour « echeance » ; à défaut, le nom du champ sans ses tirets bas."""
    return LIBELLES.get(champ) or champ.replace("_", " ")
