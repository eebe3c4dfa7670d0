"""Ouvrir un compte : la personne, son périmètre et ses organismes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from comptes.models import Adhesion, Organisme, Personne
from comptes.states import Role, RoleOrganisme
from config.socle.journal import journaliser
from territoires.models import Territoire


@dataclass(frozen=True, slots=True)
class NouvellePersonne:
    """Ce qu’il faut pour ouvrir un compte. `territoires` : d’un instructeur ; `organismes` : d’un porteur."""

    email: str
    prenom: str
    nom: str
    role: Role
    territoires: Sequence[Territoire] = field(default=())
    organismes: Sequence[Organisme] = field(default=())


@transaction.atomic
def creer_personne(*, auteur: Personne | None, nouvelle: NouvellePersonne, mot_de_passe: str | None) -> Personne:
    """Crée la personne, responsable de chacun de ses organismes. Sans mot de passe, elle le choisira par courriel.

    Lève `ValidationError` (adresse déjà prise ou mal formée). La politique de mot de passe se vérifie à la saisie.
    """
    personne = Personne.objects.create_user(
        nouvelle.email, mot_de_passe, prenom=nouvelle.prenom, nom=nouvelle.nom, role=nouvelle.role
    )
    personne.territoires.set(nouvelle.territoires)
    Adhesion.objects.bulk_create(
        Adhesion(personne=personne, organisme=organisme, role=RoleOrganisme.RESPONSABLE)
        for organisme in nouvelle.organismes
    )
    journaliser(
        auteur=auteur,
        acte="creer_personne",
        objet=personne,
        apres={
            "role": personne.role,
            "territoires": [territoire.code for territoire in nouvelle.territoires],
            "organismes": [organisme.pk for organisme in nouvelle.organismes],
        },
    )
    return personne
