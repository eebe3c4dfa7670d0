"""Présenter au comité les projets instruits d’un appel, d’un coup, et voir ce qui n’est pas prêt."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from projets.actions.collisions import dernier_passage, derniers_passages
from projets.actions.comite import retirer_du_comite
from projets.actions.rendre_un_avis import ce_qui_manque_a_l_avis, presenter
from projets.chiffres.notation import NotationDuProjet, notation_des_projets, totaux_proposes
from projets.forms.suivi import RetraitDuComiteForm
from projets.models import AppelAProjets, AvisInstruction, Projet
from projets.permissions import conduit_l_instruction
from projets.states import TONS_DES_AVIS, EtatProjet, SensDeLAvis
from projets.views.instruction.avis import ANCRE
from projets.views.instruction.cochees import cles_cochees, vu_du_projet
from projets.views.instruction.presence import presents_sur
from projets.views.suivi import faire, impossible, projet_visible, renvoyer

NON_CONFIRME = "Confirmez en cochant la case : une fois présentés, leurs notes et leurs avis ne changent plus."
AVANT = (EtatProjet.DEPOSE, EtatProjet.INCOMPLET, EtatProjet.COMPLETE)


@dataclass(frozen=True, slots=True)
class LigneAPresenter:
    """Un projet instruit : sa moyenne, son avis en vigueur (None s’il vient d’ailleurs), ce qu’il propose.

    `presents` : qui d’autre l’a ouvert, en clair.
    """

    projet: Projet
    bilan: NotationDuProjet
    sens: SensDeLAvis | None
    propose: Decimal | None
    vu: int
    presents: str

    @property
    def ton(self) -> str:
        """Le ton de l’avis à l’écran."""
        return TONS_DES_AVIS[self.sens] if self.sens else ""


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(conduit_l_instruction)
def presenter_l_appel(request: HttpRequest, slug: str) -> HttpResponse:
    """La liste des projets prêts, à cocher ; celle des autres, avec ce qui leur manque. L’acte se confirme."""
    appel, personne = get_object_or_404(AppelAProjets.objects.publics(), slug=slug), personne_de(request)
    coches = cles_cochees(request.POST)
    if request.method == "POST" and "confirme" not in request.POST:
        messages.error(request, NON_CONFIRME)
    elif request.method == "POST":
        _presenter(request, personne, appel, coches)
        return redirect("projets:presenter_l_appel", slug=slug)
    projets = Projet.objects.visibles_par(personne).filter(appel=appel)
    contexte = {
        "appel": appel,
        "fil": [("Instruction", reverse("projets:instruction"))],
        "prets": _prets(projets, personne),
        "a_finir": _a_finir(projets, appel),
        "avant": _avant(projets),
        "coches": coches,
        "presentes": projets.filter(etat=EtatProjet.PRESENTE).count(),
    }
    return render(request, "projets/instruction/presenter.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(conduit_l_instruction)
def retirer_le_projet_du_comite(request: HttpRequest, pk: int) -> HttpResponse:
    """Défaire la présentation, avec un motif, tant que l’appel n’est pas en arbitrage."""
    vise = projet_visible(request, pk)
    if request.method != "POST" and (refus := impossible("retirer_du_comite", vise, "se retirer du comité")):
        return renvoyer(request, vise, refus)
    form = RetraitDuComiteForm(request.POST or None, initial={"vu": partial(dernier_passage, vise)})

    def acte() -> object:
        return retirer_du_comite(auteur=personne_de(request), projet=vise, **form.cleaned_data)

    fait = "Projet retiré du comité\u00a0: il est de nouveau instruit."
    retour = reverse("projets:fiche_instruction", args=[pk]) + ANCRE
    titre = "Retirer le projet du comité"
    return faire(request, vise, form, acte, fait=fait, retour=retour, titre=titre, bouton="Retirer du comité")


def _presenter(request: HttpRequest, personne: Personne, appel: AppelAProjets, choisis: list[int]) -> None:
    """Chacun dans sa transaction ; un refus n’arrête pas les autres et se dit, projet par projet."""
    projets = Projet.objects.visibles_par(personne).filter(appel=appel, pk__in=choisis).order_by("numero")
    faits = 0
    for projet in projets.select_related("appel"):
        try:
            presenter(auteur=personne, projet=projet, vu=vu_du_projet(request.POST, projet.pk))
            faits += 1
        except PassageRefuse as refus:
            messages.error(request, f"{projet.reference}\u00a0: {refus}")
    if faits:
        messages.success(request, f"{faits}\u00a0projets présentés." if faits > 1 else "Un projet présenté.")
    elif not choisis:
        messages.warning(request, "Aucun projet n’était coché.")


def _prets(projets: Any, personne: Personne) -> list[LigneAPresenter]:
    dernier = AvisInstruction.objects.filter(projet=OuterRef("pk")).order_by("-version")
    lignes = list(
        projets.filter(etat=EtatProjet.INSTRUIT)
        .select_related("organisme", "axe", "appel")
        .annotate(
            avis_en_vigueur=Subquery(dernier.values("pk")[:1]), sens_de_l_avis=Subquery(dernier.values("sens")[:1])
        )
        .order_by("numero")
    )
    bilans = notation_des_projets([projet.pk for projet in lignes])
    vus = derniers_passages(projet.pk for projet in lignes)
    presents = presents_sur((projet.pk for projet in lignes), personne)
    propose = totaux_proposes([projet.avis_en_vigueur for projet in lignes])
    return [
        LigneAPresenter(
            p,
            bilans[p.pk],
            SensDeLAvis(p.sens_de_l_avis) if p.sens_de_l_avis else None,
            propose.get(p.avis_en_vigueur),
            vus[p.pk],
            presents[p.pk],
        )
        for p in lignes
    ]


def _a_finir(projets: Any, appel: AppelAProjets) -> list[tuple[Projet, str]]:
    """Les projets recevables, et pourquoi ils ne sont pas instruits."""
    lignes = list(projets.filter(etat=EtatProjet.RECEVABLE).select_related("organisme", "appel").order_by("numero"))
    bilans = notation_des_projets([projet.pk for projet in lignes])
    return [
        (p, ce_qui_manque_a_l_avis(bilans[p.pk], appel, est_precis=True) or "l’avis reste à rendre") for p in lignes
    ]


def _avant(projets: Any) -> list[tuple[str, str, int]]:
    """(état, libellé, nombre) des projets dont la recevabilité n’est pas dite."""
    comptes = dict(projets.filter(etat__in=AVANT).order_by("etat").values_list("etat").annotate(Count("pk")))
    return [(str(etat), str(etat.label), comptes[etat]) for etat in AVANT if etat in comptes]
