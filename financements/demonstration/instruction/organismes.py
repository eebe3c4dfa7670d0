"""Ce que les organismes ont de plus quand ils ont déposé : une fiche entière, un compte, des documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from comptes.models import Organisme
from financements.demonstration.instruction import textes
from financements.demonstration.instruction.reglages import ACTIVITE, BILAN, COMPTES, CONVENTION, RIB, STATUTS

RUES = (
    "rue des Tisserands",
    "place de l’Église",
    "rue Jean-Jaurès",
    "avenue de la Gare",
    "rue des Écoles",
    "Grand-Place",
)
QUALITES = ("président", "présidente", "directeur", "directrice")
# Les numéros réservés aux œuvres de fiction commencent par 03 53 01.
TELEPHONE = "03 53 01 {:02d} {:02d}"


@dataclass(frozen=True, slots=True)
class Papier:
    """Un document type : sa nature, la pièce qu’il remplit, ce qu’il dit. Le même fichier sert à tous."""

    cle: str
    nature: str
    piece: str
    intitule: str
    annee: int | None
    parties: tuple[tuple[str, str], ...]

    @property
    def nom(self) -> str:
        """« comptes.pdf »."""
        return f"{self.cle}.pdf"


_EXEMPLE = ("Document d’exemple", "Inventé pour la démonstration ; il ne décrit aucun organisme réel.")
PAPIERS = (
    Papier("comptes-2025", "comptes", COMPTES, "Comptes approuvés 2025", 2025, (
        ("Bilan au 31 décembre 2025", "Actif immobilisé 84 200 €, créances 41 900 €, disponibilités 66 300 €. Fonds "
         "propres 97 500 €, dettes 71 400 €, produits constatés d’avance 23 500 €."),
        ("Compte de résultat", "Produits 486 300 €, dont subventions 391 000 €. Charges 478 900 €, dont personnel "
         "334 700 €. Résultat : 7 400 €."),
        _EXEMPLE)),
    Papier("comptes-2025-complets", "comptes", COMPTES, "Comptes approuvés 2025, avec l’annexe", 2025, (
        ("Bilan, compte de résultat et annexe", "Les mêmes comptes, approuvés le 18 juin 2026, avec l’annexe et la "
         "liste des subventions reçues."),
        _EXEMPLE)),
    Papier("rib", "rib", RIB, "Relevé d’identité bancaire", None, (
        ("Titulaire", "Le titulaire est l’organisme. IBAN FR76 3000 6000 0112 3456 7890 189, BIC AGRIFRPP."),
        _EXEMPLE)),
    Papier("rapport-activite-2025", "activite", ACTIVITE, "Rapport d’activité 2025", 2025, (
        ("L’année", "Cent douze personnes accueillies, dont soixante-dix-huit allocataires du RSA ; quarante et une "
         "ont repris un emploi ou une formation."),
        ("Les moyens", "Six salariés, quatorze bénévoles, deux lieux d’accueil, trois communes desservies."),
        ("Et ensuite", "La demande dépasse l’offre depuis deux ans : la liste d’attente est de trois mois."),
        _EXEMPLE)),
    Papier("statuts", "statuts", STATUTS, "Statuts et liste des dirigeants", None, (
        ("Objet", "Accueillir, accompagner et insérer, sans distinction, les habitants qui en ont besoin."),
        ("Bureau", "Une présidente, un trésorier, une secrétaire, élus pour trois ans."),
        _EXEMPLE)),
    Papier("bilan-action-2025", "autre", BILAN, "Bilan de l’action 2025", 2025, (
        ("Résultats", "Objectif : soixante personnes. Accueillies : cinquante-sept ; en emploi : trente-quatre."),
        ("Écarts", "Deux mois sans coordinatrice au printemps ; rattrapés à l’automne."),
        _EXEMPLE)),
    Papier("convention-aci", "agrement", CONVENTION, "Convention d’atelier et chantier d’insertion", 2026, (
        ("Postes", "Douze équivalents temps plein conventionnés du 1er janvier au 31 décembre 2026."),
        _EXEMPLE)),
)  # fmt: skip
COMPTES_SIMPLES, COMPTES_COMPLETS = PAPIERS[0], PAPIERS[1]


def remplir_la_fiche(organisme: Organisme, rang: int) -> Organisme:
    """Adresse, représentant, téléphone : ce qu’un dépôt demande. Pas encore enregistré."""
    alea = Random(rang)  # noqa: S311 (rien de secret : on veut le même tirage)
    organisme.adresse = f"{alea.randint(1, 140)} {alea.choice(RUES)}"
    organisme.representant_nom = f"{alea.choice(textes.PRENOMS)} {alea.choice(textes.NOMS)}"
    organisme.representant_qualite = alea.choice(QUALITES)
    organisme.telephone = TELEPHONE.format(rang // 100 % 100, rang % 100)
    organisme.courriel = f"organisme-{rang}@exemple.fr"
    return organisme


def papiers_d_un_projet(axe: int, rang: int, *, est_reconduit: bool) -> Sequence[Papier]:
    """Ce qu’un projet joint : l’obligatoire, le bilan s’il est reconduit, et parfois les statuts."""
    absents = {COMPTES_COMPLETS.cle, *(() if est_reconduit else ("bilan-action-2025",))}
    absents |= set() if axe == 3 else {"convention-aci"}  # noqa: PLR2004 (l’axe des chantiers)
    absents |= {"statuts"} if rang % 3 else set()
    return [papier for papier in PAPIERS if papier.cle not in absents]
