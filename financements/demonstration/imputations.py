"""Les imputations de la démonstration : codes des nomenclatures M52 (plan de comptes de 2016) et M57. Des données."""

from dataclasses import dataclass

PREMIER_EXERCICE_M57 = 2024  # la M57 est générale depuis cet exercice
GESTIONNAIRE = "Direction de l’insertion (démonstration)"
DEJA_CONTRACTE = 10  # % de ce que demandent les projets, engagés ailleurs sur la même ligne
ARRONDI = 100_000  # centimes : au millier d’euros
FONCTIONS = {
    "M52": {"social": ("9356", "561"), "professionnel": ("9356", "564")},
    "M57": {"social": ("017", "441"), "professionnel": ("017", "444")},
}


@dataclass(frozen=True, slots=True)
class NatureDemo:
    """Une nature, les catégories de bénéficiaires qu’elle sert, et son poids quand aucun projet n’est connu (%)."""

    code: str
    libelle: str
    categories: tuple[str, ...]
    poids: int


NATURES = {
    "M52": (
        NatureDemo(
            "6574", "Subventions aux associations et autres personnes de droit privé", ("prive", "entreprise"), 80
        ),
        NatureDemo("65734", "Subventions aux communes et structures intercommunales", ("commune", "groupement"), 8),
        NatureDemo("65737", "Subventions aux autres établissements publics locaux", ("ccas",), 8),
        NatureDemo("65738", "Subventions aux organismes publics divers", ("autre_public",), 4),
    ),
    "M57": (
        NatureDemo("65742", "Subventions aux entreprises", ("entreprise",), 5),
        NatureDemo("65748", "Subventions aux autres personnes de droit privé", ("prive",), 75),
        NatureDemo("65734", "Subventions aux communes", ("commune",), 4),
        NatureDemo("65735", "Subventions aux groupements de collectivités", ("groupement",), 4),
        NatureDemo("657363", "Subventions aux CCAS et CIAS", ("ccas",), 8),
        NatureDemo("65738", "Subventions aux autres établissements publics", ("autre_public",), 4),
    ),
}
