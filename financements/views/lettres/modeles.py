"""Régler les lettres de décision d’un appel : variables listées et vérifiées, aperçu sur une décision réelle."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.versions import VersionPerimee
from financements.actions.lettres.ecrire import Apercu, apercu_de, texte_de
from financements.actions.lettres.regler import refuser_les_fautes, regler_une_lettre
from financements.forms.lettres import ModeleForm
from financements.models import ModeleDeLettre
from financements.permissions import peut_regler_les_lettres
from financements.rules.lettres import OBLIGATOIRES, Texte, connues
from financements.rules.textes_des_lettres import FOURNIS
from financements.states import Choix
from financements.views.appels import appel_visible
from projets.forms.version import repartir_de
from projets.models import AppelAProjets

CHIFFRES = 9
A_RELIRE = (
    "Ce texte a changé depuis que la page est ouverte\u00a0: lisez ci-dessous ce qui est enregistré, puis enregistrez "
    "de nouveau pour le remplacer."
)


@require_safe
@reservee_a(peut_regler_les_lettres)
def modeles(request: HttpRequest, slug: str) -> HttpResponse:
    """Les trois lettres, et qui a écrit chacune."""
    appel = appel_visible(personne_de(request), slug)
    ecrits = {un.sens: un for un in ModeleDeLettre.objects.filter(appel=appel).select_related("modifie_par")}
    lignes = [(valeur, libelle, ecrits.get(str(valeur))) for valeur, libelle in Choix.choices]
    contexte = {"appel": appel, "lignes": lignes, "fil": _fil(appel)}
    return render(request, "financements/lettres/modeles.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_lettres)
def modele(request: HttpRequest, slug: str, sens: str) -> HttpResponse:
    """Écrire une lettre ; « Aperçu » la compose sans l’enregistrer. `?fourni` : repartir du texte fourni."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    if sens not in Choix.values:
        raise Http404
    actuel = texte_de(appel, sens)
    depart = FOURNIS[sens] if "fourni" in request.GET else actuel
    form = ModeleForm(request.POST or None, texte=depart, version=actuel.version)
    conflit = None
    if form.is_valid():
        texte = form.texte()
        try:
            if "apercu" in request.POST:
                refuser_les_fautes(sens, texte)
            else:
                regler_une_lettre(auteur=personne, appel=appel, sens=Choix(sens), texte=texte)
                messages.success(request, "Lettre enregistrée. Celles qui sont déjà notifiées ne changent pas.")
                return redirect("financements:modele_de_lettre", slug=slug, sens=sens)
        except VersionPerimee as perimee:
            conflit = perimee.actuel
            repartir_de(form, conflit, A_RELIRE)
        except ValidationError as refus:
            form.add_error(None, refus)
    contexte = {
        "appel": appel,
        "sens": Choix(sens),
        "form": form,
        "conflit": conflit,
        "actuel": actuel,
        "variables": [(nom, dit, nom in OBLIGATOIRES[sens]) for nom, dit in connues(sens).items()],
        "fil": [*_fil(appel), ("Lettres de décision", reverse("financements:modeles_de_lettres", args=[slug]))],
        **_apercu(request, appel, sens, form),
    }
    return render(request, "financements/lettres/modele.html", contexte)


def _apercu(request: HttpRequest, appel: AppelAProjets, sens: str, form: ModeleForm) -> dict[str, Any]:
    """La lettre d’une décision réelle avec le texte montré ; rien si le texte a des fautes."""
    numero = request.POST.get("numero", "")
    voulu = int(numero) if numero.isdecimal() and len(numero) <= CHIFFRES else None
    texte = _texte_montre(form, sens)
    apercu: Apercu | None = apercu_de(appel, sens, texte, voulu) if texte else None
    return {"apercu": apercu, "numero": numero, "est_faute": texte is None}


def _texte_montre(form: ModeleForm, sens: str) -> Texte | None:
    if not form.is_bound:
        texte = Texte(form.initial["objet"], form.initial["corps"])
    elif form.errors:
        return None
    else:
        texte = form.texte()
    try:
        refuser_les_fautes(sens, texte)
    except ValidationError:
        return None
    return texte


def _fil(appel: AppelAProjets) -> list[tuple[str, str]]:
    return [
        (appel.intitule, reverse("financements:credits", args=[appel.slug])),
        ("Délibérations", reverse("financements:deliberations", args=[appel.slug])),
    ]
