"""Chercher un projet : par ses mots, comme les lit un francophone, et par ses numéros.

La base tient le texte cherché (`TexteCherche`) : intitulé, nom de l’organisme, et l’étape « L’action » de la dernière
copie déposée. La migration qui crée la table pose la configuration de recherche `francais`, les fonctions
`projets_vecteur` (un texte) et `projets_requete` (ce qu’on y cherche), et les déclencheurs des trois tables d’où il
vient.
"""

import re

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import Q

from comptes.models import Organisme
from comptes.rules.identifiants import est_un_numero_d_entreprise, recoller, rna_est_valide
from config.socle.recherche import cle_de_tri

CHIFFRES_ADMIS = 7  # au-delà, un numéro ne tient plus dans la colonne
_MOTS = """a au aux avec c ce ces d dans de des du en et est il je l la le les leur lui n ne nos notre nous on ou par
pas pour qu que qui s sa se ses son sur un une vos votre vous y"""
MOTS_VIDES = frozenset(_MOTS.split())
REFERENCE = re.compile(r"([a-z0-9]+)-(\d{1,7})")


class TexteCherche(models.Model):
    """Le texte d’un projet, prêt à chercher. Seule la base l’écrit."""

    projet = models.OneToOneField(
        "projets.Projet", models.CASCADE, primary_key=True, related_name="texte_cherche", verbose_name="projet"
    )
    vecteur = SearchVectorField("vecteur")

    class Meta:
        verbose_name = "texte cherché"
        verbose_name_plural = "textes cherchés"
        indexes = [GinIndex(fields=["vecteur"], name="texte_cherche_vecteur")]

    def __str__(self) -> str:
        return f"texte du projet {self.projet_id}"


class Requete(SearchQuery):
    """Un mot tapé, accents compris, cherché à l’accord près."""

    def __init__(self, mot: str) -> None:
        super().__init__(mot)
        self.function = "projets_requete"


def conditions(texte: str) -> list[Q]:
    """Une condition par mot tapé : toutes doivent être vraies. Les mots vides (« de », « la ») n’en font pas."""
    mots = recoller(cle_de_tri(texte)).split()
    bruts = recoller(" ".join(texte.replace("\x00", "").replace("’", "'").split())).split()
    paires = list(zip(mots, bruts if len(bruts) == len(mots) else mots, strict=True))
    pleins = [(mot, brut) for mot, brut in paires if mot not in MOTS_VIDES]
    return [_condition(mot, brut) for mot, brut in pleins or paires]


def _condition(mot: str, brut: str) -> Q:
    """Le mot est dans l’intitulé, le nom de l’organisme ou, à l’accord près, le texte ; ou c’est un numéro."""
    textes = TexteCherche.objects.filter(vecteur=Requete(brut))
    organismes = Organisme.objects.filter(nom_tri__contains=mot)
    condition = Q(intitule_tri__contains=mot) | Q(pk__in=textes.values("pk"))
    condition |= Q(organisme__in=organismes.values("pk"))
    if mot.isdecimal() and len(mot) <= CHIFFRES_ADMIS:
        condition |= Q(numero=int(mot))
    if reference := REFERENCE.fullmatch(mot):
        condition |= Q(appel__prefixe__iexact=reference[1], numero=int(reference[2]))
    if est_un_numero_d_entreprise(mot):
        condition |= Q(organisme__siret__startswith=mot)
    if rna_est_valide(mot.upper()):
        condition |= Q(organisme__rna=mot.upper())
    return condition
