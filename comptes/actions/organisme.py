"""Créer un organisme, et tenir la liste de ceux qui agissent pour lui.

Tous ces actes verrouillent d’abord la ligne de l’organisme : deux responsables qui partent en même temps passent l’un
après l’autre, et le second s’entend dire qu’il est le dernier.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.models import Adhesion, Organisme, Personne
from comptes.permissions import est_porteur, est_responsable
from comptes.states import FormeJuridique, RoleOrganisme
from config.socle.journal import journaliser
from territoires.models import Commune

DERNIER_RESPONSABLE = (
    "C’est le seul responsable de l’organisme : nommez d’abord un autre responsable, "
    "sinon plus personne ne pourrait inviter ni signer."
)


@dataclass(frozen=True, slots=True)
class NouvelOrganisme:
    """Ce qu’il faut pour créer un organisme. `rna` : vide s’il n’en a pas ; `commune` : si elle est du département."""

    siret: str
    nom: str
    forme_juridique: FormeJuridique
    rna: str = ""
    adresse: str = ""
    commune: Commune | None = None


def verrouiller_l_organisme(pk: int) -> Organisme:
    """La ligne de l’organisme, verrouillée jusqu’à la fin de la transaction. `DoesNotExist` si elle a disparu.

    Sans la clé : une ligne neuve qui s’y rattache (un projet que l’on ouvre) n’attend pas, et ne s’interbloque pas.
    """
    return Organisme.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


@transaction.atomic
def creer_organisme(*, auteur: Personne, nouvel: NouvelOrganisme) -> Organisme:
    """Crée l’organisme ; l’auteur en devient responsable.

    Lève `ValidationError` (SIRET faux ou déjà connu) et `PermissionDenied` si l’auteur n’est pas un porteur.
    """
    if not est_porteur(auteur):
        raise PermissionDenied
    organisme = Organisme(
        siret=nouvel.siret,
        rna=nouvel.rna or None,
        nom=nouvel.nom,
        forme_juridique=nouvel.forme_juridique,
        adresse=nouvel.adresse,
        commune=nouvel.commune,
    )
    organisme.full_clean()
    organisme.save()
    Adhesion.objects.create(personne=auteur, organisme=organisme, role=RoleOrganisme.RESPONSABLE)
    apres = {"siret": organisme.siret, "nom": organisme.nom, "responsable": auteur.pk}
    journaliser(auteur=auteur, acte="creer_organisme", objet=organisme, apres=apres)
    return organisme


@transaction.atomic
def changer_le_role(*, auteur: Personne, adhesion: Adhesion, role: RoleOrganisme) -> Adhesion:
    """La personne devient responsable ou rédacteur.

    Lève `ValidationError` si l’organisme y perdrait son dernier responsable.
    """
    organisme, presente = _reprendre(auteur, adhesion)
    if presente.role == role:
        return presente
    avant = _etat(presente)
    _garder_un_responsable(presente)
    presente.role = role
    presente.save(update_fields=["role"])
    journaliser(auteur=auteur, acte="changer_le_role", objet=organisme, avant=avant, apres=_etat(presente))
    return presente


@transaction.atomic
def retirer(*, auteur: Personne, adhesion: Adhesion) -> None:
    """Un responsable met fin à l’adhésion d’une personne. Lève `ValidationError` pour le dernier responsable."""
    organisme, presente = _reprendre(auteur, adhesion)
    _oter(auteur=auteur, organisme=organisme, adhesion=presente, acte="retirer")


@transaction.atomic
def quitter(*, auteur: Personne, organisme: Organisme) -> None:
    """L’auteur cesse d’agir pour l’organisme, qui garde ses projets.

    Lève `ValidationError` pour le dernier responsable, ou si l’auteur n’agit plus pour lui.
    """
    organisme = verrouiller_l_organisme(organisme.pk)
    adhesion = Adhesion.objects.filter(personne=auteur, organisme=organisme).first()
    if adhesion is None:
        raise ValidationError("Vous n’agissez plus pour cet organisme.")
    _oter(auteur=auteur, organisme=organisme, adhesion=adhesion, acte="quitter")


def _reprendre(auteur: Personne, adhesion: Adhesion) -> tuple[Organisme, Adhesion]:
    """L’organisme verrouillé et l’adhésion relue. L’auteur doit en être responsable à cet instant."""
    organisme = verrouiller_l_organisme(adhesion.organisme_id)
    if not est_responsable(auteur, organisme):
        raise PermissionDenied
    presente = Adhesion.objects.filter(pk=adhesion.pk).first()
    if presente is None:
        raise ValidationError("Cette personne n’agit plus pour l’organisme.")
    return organisme, presente


def _oter(*, auteur: Personne, organisme: Organisme, adhesion: Adhesion, acte: str) -> None:
    _garder_un_responsable(adhesion)
    avant = _etat(adhesion)
    adhesion.delete()
    journaliser(auteur=auteur, acte=acte, objet=organisme, avant=avant)


def _garder_un_responsable(adhesion: Adhesion) -> None:
    if adhesion.role != RoleOrganisme.RESPONSABLE:
        return
    autres = Adhesion.objects.des_responsables().filter(organisme=adhesion.organisme_id).exclude(pk=adhesion.pk)
    if not autres.exists():
        raise ValidationError(DERNIER_RESPONSABLE)


def _etat(adhesion: Adhesion) -> dict[str, Any]:
    return {"personne": adhesion.personne_id, "role": str(adhesion.role)}
