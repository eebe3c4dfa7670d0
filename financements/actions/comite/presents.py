"""Les élus présents, et leurs déports."""

from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.comite.verrou import comite_verrouille
from financements.models import Comite, DeportDElu, Elu, PointDuComite
from financements.states import EtatComite

PAS_CLOS = (EtatComite.PREPARATION, EtatComite.OUVERT)


@transaction.atomic
def noter_un_elu_present(*, auteur: Personne, comite: Comite, nom: str, qualite: str, canton: str = "") -> Elu:
    """Ajoute un élu aux présents. Lève `PassageRefuse` (clos), `PermissionDenied`, `ValidationError` (nom)."""
    verrouille = comite_verrouille(auteur, comite, *PAS_CLOS)
    elu = Elu(comite=verrouille, nom=nom.strip(), qualite=qualite.strip(), canton=canton.strip())
    elu.full_clean()
    elu.save()
    journaliser(
        auteur=auteur,
        acte="noter_un_elu_present",
        objet=verrouille,
        apres={"elu": elu.nom, "qualite": elu.qualite, "canton": elu.canton},
    )
    return elu


@transaction.atomic
def retirer_un_elu(*, auteur: Personne, elu: Elu) -> None:
    """Retire un élu noté par erreur. Lève `PassageRefuse` (clos, ou il a amendé ou s’est déporté)."""
    verrouille = comite_verrouille(auteur, elu.comite, *PAS_CLOS)
    if elu.amendements.exists() or elu.deports.exists():
        raise PassageRefuse("Cet élu a proposé un amendement ou s’est déporté\u00a0: il reste au procès-verbal.")
    journaliser(auteur=auteur, acte="retirer_un_elu", objet=verrouille, avant={"elu": elu.nom})
    elu.delete()


@transaction.atomic
def deporter_un_elu(*, auteur: Personne, elu: Elu, projet: int, motif: str) -> DeportDElu:
    """L’élu s’écarte d’un projet de l’ordre du jour (`projet` : son identifiant), pour un motif écrit.

    Lève `PassageRefuse` (clos, projet absent de l’ordre du jour ou fermé à l’auteur, amendement déjà proposé par lui),
    `PermissionDenied`, `ValidationError`.
    """
    verrouille = comite_verrouille(auteur, elu.comite, *PAS_CLOS)
    point = _point_ouvert(auteur, verrouille, projet)
    if elu.amendements.filter(point=point).exists():
        raise PassageRefuse("Cet élu a déjà proposé un amendement de ce projet\u00a0: il ne peut plus s’en déporter.")
    deport = DeportDElu(elu=elu, projet=point.projet, motif=motif.strip(), enregistre_par=auteur)
    deport.full_clean()
    deport.save()
    journaliser(
        auteur=auteur,
        acte="deporter_un_elu",
        objet=verrouille,
        apres={"elu": elu.nom, "projet": point.projet.numero, "motif": deport.motif},
    )
    return deport


@transaction.atomic
def retirer_un_deport_d_elu(*, auteur: Personne, deport: DeportDElu) -> None:
    """Retire un déport noté par erreur. Lève `PassageRefuse` (clos, projet fermé à l’auteur), `PermissionDenied`."""
    verrouille = comite_verrouille(auteur, deport.elu.comite, *PAS_CLOS)
    _point_ouvert(auteur, verrouille, deport.projet_id)
    journaliser(
        auteur=auteur,
        acte="retirer_un_deport_d_elu",
        objet=verrouille,
        avant={"elu": deport.elu.nom, "projet": deport.projet.numero, "motif": deport.motif},
    )
    deport.delete()


def _point_ouvert(auteur: Personne, comite: Comite, projet: int) -> PointDuComite:
    """Le point de ce projet. Lève `PassageRefuse` s’il n’y en a pas, ou si l’auteur s’en est déporté."""
    ouverts = comite.points.visibles_par(auteur).select_related("projet__appel")
    point: PointDuComite | None = ouverts.filter(projet=projet).first()
    if point is None:
        raise PassageRefuse("Ce projet n’est pas à l’ordre du jour.")
    return point
