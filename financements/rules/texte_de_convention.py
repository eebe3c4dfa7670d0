"""Le texte d’une convention : les variables permises, le modèle fourni, et sa rédaction. Ni ORM ni Django.

Contenu d’une convention de subvention : loi 2000-321 art. 10, circulaire du 29 septembre 2015 (modèle de convention
pluriannuelle d’objectifs), CGCT L1611-4.
"""

from collections.abc import Iterable, Mapping

from financements.rules.variables import Erreur, analyser, substituer

# Ce qu’un article peut citer, dans l’ordre où l’écran de réglage le montre.
VARIABLES: dict[str, str] = {
    "numero": "numéro de la convention",
    "departement": "nom du département",
    "signataire": "qualité de qui signe pour le département",
    "service": "service qui suit l’action",
    "service_adresse": "adresse postale du service",
    "contact": "adresse électronique du service",
    "tribunal": "tribunal compétent",
    "organisme": "nom de l’organisme",
    "forme_juridique": "forme juridique de l’organisme",
    "siret": "SIRET de l’organisme, ou à défaut son numéro RNA",
    "adresse": "adresse du siège de l’organisme",
    "representant": "nom du représentant légal",
    "representant_qualite": "qualité du représentant légal",
    "appel": "intitulé de l’appel à projets",
    "axe": "axe de l’appel",
    "reference": "référence du projet",
    "intitule": "intitulé du projet",
    "territoires": "territoires de l’action et leurs parts",
    "allocataires": "allocataires accompagnés par an (prévision)",
    "annees": "années de l’action",
    "debut_le": "date d’effet",
    "fin_le": "date de fin",
    "caduque_le": "date de caducité",
    "cout": "coût total prévu de l’action",
    "montant": "aide totale du département",
    "montants": "aide de chaque année, une par ligne",
    "taux": "part du coût que l’aide couvre",
    "versements": "règle de versement, une étape par ligne",
    "deliberation": "référence de la délibération",
    "adoptee_le": "date de la délibération",
    "organe": "organe qui a délibéré",
    "executoire_le": "date où la délibération est devenue exécutoire",
}
# Sans elles, ce que la loi demande de dire (objet, montant, conditions) manquerait.
OBLIGATOIRES = ("organisme", "intitule", "montant", "deliberation", "versements")
ARTICLES_AU_PLUS = 40

_PREAMBULE: tuple[tuple[str, str], ...] = (
    (
        "Entre les soussignés",
        "Le {{ departement }}, représenté par {{ signataire }}, agissant en vertu de la délibération {{ deliberation "
        "}} de l’{{ organe }} du {{ adoptee_le }}, ci-après « le Département », d’une part,\n"
        "et {{ organisme }} ({{ forme_juridique }}, {{ siret }}), dont le siège est {{ adresse }}, représenté par "
        "{{ representant }}, {{ representant_qualite }}, ci-après « l’Organisme », d’autre part.",
    ),
    (
        "Visas",
        "Vu le code général des collectivités territoriales, notamment ses articles L1611-4 et L3131-1\u00a0;\n"
        "Vu le code de l’action sociale et des familles, notamment ses articles L263-1 et L263-2\u00a0;\n"
        "Vu la loi n° 2000-321 du 12 avril 2000, notamment ses articles 9-1 et 10, et le décret n° 2001-495 du "
        "6 juin 2001\u00a0;\n"
        "Vu le règlement de l’appel à projets « {{ appel }} »\u00a0;\n"
        "Vu la délibération {{ deliberation }} du {{ adoptee_le }}, exécutoire le {{ executoire_le }}.",
    ),
)
# Loi 2000-321, art. 10-1 : une association ou une fondation, pour une demande faite depuis le 2 janvier 2022.
_ENGAGEMENT = "le contrat d’engagement républicain s’il y est tenu, "
_ARTICLES: tuple[tuple[str, str], ...] = (
    (
        "Objet",
        "L’Organisme, à son initiative et sous sa responsabilité, réalise l’action « {{ intitule }} » ({{ reference "
        "}}, {{ axe }}), telle que décrite dans le projet qu’il a déposé. Le Département contribue à cette action "
        "d’intérêt général et n’en attend aucune contrepartie directe.\n"
        "Territoires\u00a0: {{ territoires }}. Allocataires accompagnés par an\u00a0: {{ allocataires }}.",
    ),
    (
        "Durée",
        "La convention prend effet le {{ debut_le }} et prend fin le {{ fin_le }}. Elle couvre les années {{ annees "
        "}}.",
    ),
    (
        "Coût de l’action",
        "Le coût total prévu de l’action est de {{ cout }}. Le budget prévisionnel est en annexe. L’Organisme tient "
        "une comptabilité qui permet d’isoler les charges et les produits de l’action.",
    ),
    (
        "Contribution du Département",
        "Le Département contribue pour {{ montant }} au plus, soit {{ taux }} du coût prévu\u00a0:\n{{ montants }}\n"
        "La contribution d’une année n’est due que sous réserve de l’inscription des crédits au budget, et de la "
        "réalisation de l’action. Si le coût réel est moindre, elle est réduite dans la même proportion.",
    ),
    (
        "Versements",
        "La contribution est versée selon les procédures comptables en vigueur, au compte bancaire que l’Organisme a "
        "déclaré\u00a0:\n{{ versements }}",
    ),
    (
        "Justificatifs et bilan",
        "L’Organisme remet, dans les six mois qui suivent la fin de chaque exercice, le compte rendu financier de "
        "l’action, son bilan qualitatif et quantitatif, le rapport d’activité et les comptes approuvés de l’exercice. "
        "Il conserve les pièces justificatives dix ans.",
    ),
    (
        "Autres engagements",
        "L’Organisme fait mention du soutien du Département sur ses documents et lors de ses manifestations. Il "
        f"respecte {_ENGAGEMENT}l’égalité entre les femmes et les hommes, et la protection des données personnelles. "
        "Il signale sans délai tout retard et tout changement de ses statuts, "
        "de ses dirigeants ou de son compte bancaire. Il ne reverse pas la contribution à un tiers.",
    ),
    (
        "Contrôle",
        "L’Organisme facilite à tout moment le contrôle de l’action, sur pièces et sur place, par les personnes que "
        "le Département délègue (CGCT, art. L1611-4).",
    ),
    (
        "Sanctions et reversement",
        "En cas d’inexécution, de retard ou de changement substantiel sans accord écrit, d’emploi non conforme à "
        "l’objet, ou d’absence de justificatifs, le Département peut, après avoir entendu l’Organisme, suspendre ou "
        "réduire les versements, et exiger le reversement de tout ou partie des sommes versées. Les sommes non "
        "employées sont reversées.",
    ),
    (
        "Évaluation",
        "Les parties évaluent ensemble l’action à partir des indicateurs du projet et des bilans annuels.",
    ),
    (
        "Avenant",
        "La convention ne se modifie que par un avenant écrit, signé des deux parties. Il ne peut conduire à remettre "
        "en cause l’objet de l’action.",
    ),
    (
        "Résiliation",
        "En cas de manquement d’une partie, l’autre peut résilier la convention un mois après une mise en demeure par "
        "lettre recommandée restée sans effet.",
    ),
    (
        "Caducité",
        "La convention devient caduque si l’action n’a pas commencé, ou si aucun justificatif n’a été produit, le "
        "{{ caduque_le }}. Le Département en informe l’Organisme.",
    ),
    (
        "Recours",
        "Les parties cherchent un accord amiable. À défaut, tout litige relève du {{ tribunal }}, qui peut être saisi "
        "par Télérecours citoyens (www.telerecours.fr).\n"
        "Service à contacter\u00a0: {{ service }}, {{ service_adresse }}, {{ contact }}.",
    ),
    (
        "Annexes",
        "Le projet déposé par l’Organisme, le budget prévisionnel et les indicateurs font partie de la convention.",
    ),
)


def articles_fournis(*, engagement_republicain: bool) -> list[dict[str, str]]:
    """Le modèle fourni : [{titre, texte}], articles numérotés ; l’engagement républicain si l’appel y est tenu."""
    numerotes = [(f"Article {rang}. {titre}", texte) for rang, (titre, texte) in enumerate(_ARTICLES, start=1)]
    garde = _ENGAGEMENT if engagement_republicain else ""
    return [{"titre": titre, "texte": texte.replace(_ENGAGEMENT, garde)} for titre, texte in (*_PREAMBULE, *numerotes)]


def fautes(articles: Iterable[tuple[str, str]]) -> list[tuple[int, Erreur]]:
    """(rang de l’article, faute) de chaque variable inconnue ou mal écrite, puis de celles qui manquent (rang 0)."""
    lus = list(articles)
    trouvees: list[tuple[int, Erreur]] = []
    employees: set[str] = set()
    for rang, (_, texte) in enumerate(lus, start=1):
        analyse = analyser(texte, VARIABLES)
        employees.update(analyse.variables)
        trouvees += [(rang, erreur) for erreur in analyse.erreurs]
    trouvees += [
        (0, Erreur(0, f"La variable « {{{{ {nom} }}}} » doit figurer dans un article\u00a0: {VARIABLES[nom]}."))
        for nom in OBLIGATOIRES
        if nom not in employees
    ]
    return trouvees


def dire(faute: tuple[int, Erreur]) -> str:
    """« Article de rang 3, ligne 1 : … », ou la phrase seule pour une variable qui manque partout."""
    rang, erreur = faute
    return f"Article de rang {rang}, ligne {erreur.ligne}\u00a0: {erreur.message}" if rang else erreur.message


def rediger(articles: Iterable[Mapping[str, str]], valeurs: Mapping[str, str]) -> list[dict[str, str]]:
    """Les articles, chaque variable remplacée. Lève `TexteRefuse` si une variable manque à `valeurs`."""
    return [{"titre": un["titre"], "texte": substituer(un["texte"], valeurs)} for un in articles]
