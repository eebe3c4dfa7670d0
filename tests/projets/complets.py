"""Un projet auquel rien ne manque, prêt à déposer par la page."""

from datetime import timedelta

from django.utils import timezone

from comptes.models import Adhesion
from financements.demonstration.appel_suivant import BROUILLONS
from projets.actions.saisir import creer_projet, saisir
from projets.models import AppelAProjets, Projet
from projets.states import EtatAppel
from tests.comptes.fabriques import CompteBancaireFactory, OrganismeFactory, ResponsableFactory
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import CommuneFactory, TerritoireFactory

COORDONNEES = {
    "service": "Direction de l’insertion",
    "service_adresse": "1 rue d’Essai, 59000 Lille",
    "service_telephone": "03 20 00 00 00",
    "charge_du_dossier": "Claire Martin, chargée de mission",
    "tribunal": "tribunal administratif de Lille",
    "contact": "insertion@exemple.fr",
}


def appel_a_deposer(**champs: object) -> AppelAProjets:
    """Un appel 2027-2029 ouvert pour un jour encore, avec un axe, les Valenciennois et Douaisis."""
    instant = timezone.now()
    voulus = {
        "etat": EtatAppel.OUVERT,
        "annee_debut": 2027,
        "annee_fin": 2029,
        "prefixe": "AAP27",
        "ouvre_le": instant - timedelta(days=1),
        "ferme_le": instant + timedelta(days=1),
        **COORDONNEES,
    }
    appel = AppelFactory(**{**voulus, **champs})
    AxeFactory(appel=appel, numero=1, intitule="Garde d’enfants")
    for code, nom in (("VAL", "Valenciennois"), ("DOU", "Douaisis")):
        TerritoireFactory(code=code, nom=nom)
    return appel


def responsable_pret(**champs: object) -> Adhesion:
    """Un responsable, dont l’organisme a une fiche complète et un compte bancaire."""
    organisme = OrganismeFactory(
        **{
            "adresse": "1 rue d’Essai",
            "commune": CommuneFactory(),
            "representant_nom": "Claire Petit",
            "representant_qualite": "présidente",
            "telephone": "03 27 00 00 00",
            "forme_juridique": "ccas",
            **champs,
        }
    )
    CompteBancaireFactory(organisme=organisme)
    return ResponsableFactory(organisme=organisme)


def projet_complet(adhesion: Adhesion | None = None, appel: AppelAProjets | None = None, **saisies: str) -> Projet:
    """Le brouillon de la démonstration, saisi par le responsable ; `saisies` en remplace."""
    adhesion, appel = adhesion or responsable_pret(), appel or appel_a_deposer()
    _, intitule, valeurs = BROUILLONS[0]
    projet = creer_projet(
        auteur=adhesion.personne,
        appel=appel,
        organisme=adhesion.organisme,
        axe=appel.axes.get(),
        intitule=intitule,
    )
    avant = dict(projet.saisies.values_list("champ", "valeur"))
    saisir(auteur=adhesion.personne, projet=projet, lu=avant, saisi={**valeurs, **saisies})
    return Projet.objects.get(pk=projet.pk)
