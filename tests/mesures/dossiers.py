"""De quoi déposer en masse : un appel, cinquante organismes, dix projets complets chacun."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from comptes.models import Adhesion, CompteBancaire, Organisme, Personne
from comptes.states import Role, RoleOrganisme
from financements.demonstration.appel_suivant import BROUILLONS, COMPTE
from projets.models import AppelAProjets, Axe, Projet, Saisie
from projets.states import EtatAppel, Volet
from territoires.actions.charger_nord import charger_nord
from territoires.models import Commune

CLIENTS, PAR_CLIENT = 50, 10
ANNEES = (2027, 2029)
CONNEXION = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Client:
    """La session d’un responsable, et ses projets à déposer."""

    session: str
    projets: list[int]


def preparer() -> tuple[AppelAProjets, list[Client]]:
    """Un appel neuf et ses clients ; ce que d’autres passages ont laissé reste sans effet."""
    charger_nord(auteur=None)
    instant, marque = timezone.now(), uuid4().hex[:6]
    appel = AppelAProjets.objects.create(
        slug=f"depot-{marque}",
        prefixe=f"M{marque}",
        intitule="Dépôt en masse",
        annee_debut=ANNEES[0],
        annee_fin=ANNEES[1],
        ouvre_le=instant - timedelta(days=1),
        ferme_le=instant + timedelta(days=1),
        etat=EtatAppel.OUVERT,
        montant_total=1,
        contact="insertion@exemple.fr",
        service="Service",
        service_adresse="Lille",
        service_telephone="03 20 00 00 00",
        tribunal="tribunal administratif de Lille",
    )
    axe = Axe.objects.create(appel=appel, numero=1, intitule="Axe", volet=Volet.SOCIAL)
    commune, rangs = Commune.objects.first(), count(1)
    return appel, [_client(axe, commune, f"{marque}{next(rangs):03}") for _ in range(CLIENTS)]


def _client(axe: Axe, commune: Commune | None, marque: str) -> Client:
    personne = Personne.objects.create(email=f"{marque}@exemple.fr", nom=marque, role=Role.PORTEUR)
    organisme = Organisme.objects.create(
        rna=f"W{int(marque, 16) % 10**9:09}",
        nom=f"Organisme {marque}",
        adresse="1 rue d’Essai",
        commune=commune,
        representant_nom="Claire Petit",
        representant_qualite="présidente",
    )
    Adhesion.objects.create(personne=personne, organisme=organisme, role=RoleOrganisme.RESPONSABLE)
    libelle, iban, bic = COMPTE
    compte = CompteBancaire.objects.create(
        organisme=organisme, libelle=libelle, titulaire=organisme.nom, iban=iban, bic=bic
    )
    projets = [_projet(axe, organisme, personne, compte, rang) for rang in range(PAR_CLIENT)]
    return Client(_session(personne), projets)


def _projet(axe: Axe, organisme: Organisme, personne: Personne, compte: CompteBancaire, rang: int) -> int:
    _, intitule, saisies = BROUILLONS[0]
    projet = Projet.objects.create(appel=axe.appel, axe=axe, organisme=organisme, intitule=f"{intitule} {rang}")
    valeurs = {
        **saisies,
        "intitule": projet.intitule,
        "axe": str(axe.pk),
        "contact_nom": "Claire Petit",
        "contact_courriel": personne.email,
        "compte_bancaire": str(compte.pk),
    }
    Saisie.objects.bulk_create(
        Saisie(projet=projet, champ=champ, valeur=valeur, auteur=personne, saisie_le=timezone.now())
        for champ, valeur in valeurs.items()
    )
    return projet.pk


def _session(personne: Personne) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(personne.pk)
    session[BACKEND_SESSION_KEY] = CONNEXION
    session[HASH_SESSION_KEY] = personne.get_session_auth_hash()
    session.create()
    return str(session.session_key)
