"""La convention de l’organisme et ses avenants : le PDF signé chez le prestataire s’il existe, sinon l’édité."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from comptes.permissions import est_porteur, personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from financements.models import Avenant, Convention, DemandeDeSignature
from financements.states.execution import AVENANTS_DITS, EtatSignature


@require_safe
@reservee_a(est_porteur)
def ma_convention(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Celle de ce projet ; celle d’autrui est un 404."""
    sienne = _convention(request, pk)
    return _pdf(sienne, None, f"convention-{sienne.numero}")


@require_safe
@reservee_a(est_porteur)
def mon_avenant(request: HttpRequest, pk: int, rang: int) -> HttpResponseBase:
    """Un de ses avenants, à signer ou signé."""
    sienne = _convention(request, pk)
    avenant = get_object_or_404(Avenant, convention=sienne, numero=rang, etat__in=AVENANTS_DITS)
    return _pdf(sienne, avenant, f"convention-{sienne.numero}-avenant-{avenant.numero}")


def _convention(request: HttpRequest, pk: int) -> Convention:
    sienne = Convention.objects.visibles_par(personne_de(request)).filter(action__projet=pk).first()
    if sienne is None:
        raise Http404
    return sienne


def _pdf(convention: Convention, avenant: Avenant | None, nom: str) -> HttpResponseBase:
    demandes = DemandeDeSignature.objects.filter(convention=convention, avenant=avenant)
    signee = demandes.filter(etat=EtatSignature.SIGNEE).first()
    if signee is not None:
        return telechargement(signee.fichier, f"{nom}-signee.pdf")
    return telechargement((avenant or convention).fichier, f"{nom}.pdf")
