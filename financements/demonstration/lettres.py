"""Qui reçoit une lettre de la démonstration, et comment. Des données : tout est inventé."""

from enum import StrEnum


class Sort(StrEnum):
    """Comment l’organisme reçoit sa lettre."""

    EN_LIGNE = "en ligne"
    POSTE = "par la poste"


SORTS = (Sort.EN_LIGNE, Sort.EN_LIGNE, Sort.EN_LIGNE, Sort.POSTE)  # de quatre en quatre
SANS_ADRESSE = 3  # un organisme joint par la poste sur trois n’a pas donné la sienne
PERSONNES = (
    ("Claire", "Vasseur"), ("Malik", "Haddad"), ("Josiane", "Delcourt"), ("Éric", "Lefebvre"), ("Aïcha", "Diallo"),
    ("Bruno", "Caron"), ("Sylvie", "Wattez"), ("Karim", "Belkacem"), ("Nathalie", "Dubus"), ("Pascal", "Fontaine"),
    ("Inès", "Moreau"), ("Yves", "Carpentier"),
)  # fmt: skip
RUES = ("rue de l’Exemple", "place du Modèle", "allée des Essais", "rue de la Démonstration")


def correspondant(rang: int) -> tuple[str, str, str]:
    """(prénom, nom, adresse électronique) de la personne qui suit les lettres du `rang`-ième organisme."""
    prenom, nom = PERSONNES[rang % len(PERSONNES)]
    return prenom, nom, f"contact{rang + 1}@organisme.exemple.fr"


def rue(rang: int) -> str:
    """L’adresse du `rang`-ième organisme, sans sa commune."""
    return f"{1 + 3 * rang % 97} {RUES[rang % len(RUES)]}"
