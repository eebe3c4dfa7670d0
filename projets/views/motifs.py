"""Les motifs de la décision, du côté de l’organisme : les demander, puis lire l’avis et les notes, sans nom."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.permissions import est_porteur, personne_de, reservee_a
from projets.actions.motifs import demander_les_motifs
from projets.chiffres.notation import CritereNote, NotationDuProjet, moyennes_par_critere, notation_du_projet
from projets.models import AvisInstruction, DemandeDeMotifs, Projet
from projets.states import DECIDES
from projets.views.gestes import agir


@dataclass(frozen=True)
class Motifs:
    """`avis` et `criteres` restent vides tant que le service n’a pas communiqué les motifs."""

    demande: DemandeDeMotifs | None = None
    avis: AvisInstruction | None = None
    bilan: NotationDuProjet | None = None
    criteres: list[CritereNote] = field(default_factory=list)


def motifs_du_projet(projet: Any) -> dict[str, Any]:
    """Ce que l’organisme lit des motifs d’un projet (lu `en_fiche`) : rien avant la décision (CRPA, art. L311-2)."""
    est_decide = projet.etat in DECIDES and not projet.decision_reservee
    if not est_decide or not projet.a_des_avis:
        return {"motifs": None}
    demande = DemandeDeMotifs.objects.filter(projet=projet).first()
    if demande is None or demande.communiquee_le is None:
        return {"motifs": Motifs(demande)}
    avis = projet.avis.order_by("version").last()
    criteres = moyennes_par_critere(projet.pk, projet.appel_id)
    return {"motifs": Motifs(demande, avis, notation_du_projet(projet.pk), criteres)}


@require_POST
@reservee_a(est_porteur)
def demander_les_motifs_du_projet(request: HttpRequest, pk: int) -> HttpResponse:
    """Demander les motifs, une fois la décision prise."""
    personne = personne_de(request)
    projet = get_object_or_404(Projet.objects.visibles_par(personne), pk=pk)
    fait = "Demande envoyée. Le service vous répondra sur cette page."
    agir(request, lambda: demander_les_motifs(auteur=personne, projet=projet), fait)
    return redirect(reverse("projets:projet", args=[pk]))
