"""Les lettres de décision fournies, que le département récrit. Ni ORM ni Django."""

from financements.rules.lettres import ATTENTE, NON_RETENU, RETENU, Texte

_VISAS = """Madame, Monsieur,

Vous avez présenté le projet «\u00a0{{ intitule }}\u00a0» ({{ reference }}) à l’appel à projets «\u00a0{{ appel \
}}\u00a0», axe {{ axe }}.

# Décision

Vu le code général des collectivités territoriales, notamment ses articles L3131-1 et L3211-1\u00a0;
Vu la loi n°\u00a02000-321 du 12\u00a0avril 2000, notamment ses articles 9-1 et 10\u00a0;
Vu la délibération {{ deliberation }} du {{ deliberation_du }} de {{ organe }}, exécutoire le {{ executoire_le }},
"""

_FIN = """
# Traitement algorithmique

{{ mention_algorithmique }}

# Contester cette décision

{{ recours }}

# Votre interlocuteur

{{ agent }}
{{ service }}, {{ adresse_du_service }}
Téléphone\u00a0: {{ telephone }}, courriel\u00a0: {{ contact }}"""

_ATTRIBUTION = """
votre projet est retenu. Une subvention de {{ montant_total }} vous est attribuée, répartie par année\u00a0:

{{ montants_par_annee }}

# Conditions

{{ conditions }}

La subvention finance le projet déposé, et lui seul. Vous rendez chaque année un compte rendu financier, au plus \
tard six mois après la fin de l’exercice (article 10 de la loi du 12\u00a0avril 2000). Si ses conditions ne sont \
pas respectées, la subvention peut être réduite ou retirée, après que vous avez pu présenter vos observations \
(articles L121-1 et L242-2 du code des relations entre le public et l’administration).

# La suite

Le service prépare la convention, qui fixe le calendrier des versements et les pièces à fournir. Vous la \
recevrez pour signature. Aucun versement n’a lieu avant sa signature par les deux parties.
"""

_EN_ATTENTE = """
votre projet est inscrit en liste d’attente\u00a0: il ne reçoit pas de subvention à ce jour.

# Motifs

{{ motif }}

# La suite

Une autre délibération peut le retenir si des crédits se libèrent. Vous en seriez averti de la même façon\u00a0; \
vous n’avez rien à faire. Vous pouvez demander l’avis et les notes de votre projet depuis sa page.
"""

_REFUS = """
votre projet n’est pas retenu\u00a0: aucune subvention ne lui est attribuée.

# Motifs

{{ motif }}

Vous pouvez demander l’avis et les notes de votre projet depuis sa page.
"""

FOURNIS: dict[str, Texte] = {
    RETENU: Texte("Projet retenu\u00a0: {{ reference }}, {{ intitule }}", _VISAS + _ATTRIBUTION + _FIN),
    ATTENTE: Texte("Projet en liste d’attente\u00a0: {{ reference }}, {{ intitule }}", _VISAS + _EN_ATTENTE + _FIN),
    NON_RETENU: Texte("Projet non retenu\u00a0: {{ reference }}, {{ intitule }}", _VISAS + _REFUS + _FIN),
}

_SANS_MOTIF = (
    "Les crédits votés ne permettent pas de retenir tous les projets de l’appel. Celui-ci ne l’a pas été, au regard "
    "des critères publiés avec l’appel, de leur pondération et des crédits de son axe et de ses territoires."
)


def motif_de_la_decision(*, de_la_seance: str) -> str:
    """Ce que la séance a dit, relu par qui l’a consigné ; sinon une phrase neutre.

    Le motif d’un avis d’instruction s’écrit pour le service : il ne part qu’à la demande, un agent le
    communiquant.
    """
    return de_la_seance.strip() or _SANS_MOTIF


def recours(*, service: str, adresse: str, tribunal: str) -> str:
    """Les voies et délais de recours (CJA R421-1, CRPA L411-2)."""
    qui = ", ".join(filter(None, [service, adresse]))
    ou = f"au service ({qui})" if qui else "au service"
    return (
        "Vous pouvez contester cette décision dans les deux mois qui suivent sa notification\u00a0: par un recours "
        f"gracieux adressé {ou}, qui interrompt ce délai (article L411-2 du code des relations entre le public et "
        f"l’administration)\u00a0; ou devant le {tribunal or 'tribunal administratif'} (article R421-1 du code de "
        "justice administrative), par courrier ou par l’application Télérecours citoyens (www.telerecours.fr)."
    )


def mention_algorithmique(*, est_calcule: bool, contact: str) -> str:
    """Ce que doit dire une décision prise sur un traitement algorithmique (CRPA L311-3-1 et R311-3-1-1) ; ou rien."""
    if not est_calcule:
        return ""
    aupres = f"auprès du service ({contact})" if contact else "auprès du service"
    return (
        "Les propositions soumises au vote sont parties d’une sélection calculée. Ce traitement algorithmique a pour "
        "finalité de proposer, d’après les notes des projets et dans la limite des crédits, une sélection et des "
        f"montants\u00a0; il n’a pas décidé\u00a0: les élus ont voté. Vous pouvez obtenir {aupres} la communication "
        "des règles qui le définissent et des principales caractéristiques de sa mise en œuvre (articles L311-3-1 et "
        "R311-3-1-1 du code des relations entre le public et l’administration)\u00a0; en cas de refus, vous pouvez "
        "saisir la commission d’accès aux documents administratifs."
    )
