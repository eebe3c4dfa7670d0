"""Les lignes du tableau d’arbitrage, écrites d’un bloc : un gabarit par case coûterait la moitié de la page."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.socle.montants import format_euros, format_euros_ronds, format_nombre
from financements.chiffres.arbitrage.lignes import Annee, LigneMontree
from financements.models import Scenario
from financements.states import Choix

register = template.Library()
RIEN = "–"


@register.simple_tag
def rangees(lignes: Iterable[LigneMontree], scenario: Scenario, tapees: Any) -> SafeString:
    """Une ligne `<tr>` par projet ; choix et montants sont des champs, et chaque ligne s’enregistre à part (HTMX).

    `tapees` : ce qui a été tapé sans s’enregistrer (`textes`, `erreurs` par projet) ; None quand on ne fait que lire.
    """
    adresse = reverse("financements:saisir", args=[scenario.appel.slug, scenario.pk])
    envoi = format_html(' hx-post="{}" hx-trigger="change"', adresse) if tapees is not None else ""
    return format_html_join("\n", "{}", ((_rangee(une, envoi, tapees),) for une in lignes))


def _rangee(une: LigneMontree, envoi: str, tapees: Any) -> SafeString:
    projet, ligne = une.ligne.projet, une.ligne
    axe = projet.axe.numero
    return format_html(
        '<tr id="p-{}"{}><th scope="row"><a href="{}">{}</a> {} <span class="discret">{}</span>{}</th>'
        '<td><span class="axe axe-{}">{}</span></td><td>{}</td><td class="nombre">{}</td><td>{}</td>'
        '<td class="nombre">{} <span class="discret d-block">{}</span></td>{}</tr>',
        une.projet,
        envoi,
        reverse("projets:fiche_instruction", args=[une.projet]),
        une.reference,
        projet.intitule,
        projet.organisme.nom,
        _imposition(une),
        axe,
        axe,
        une.territoires,
        RIEN if ligne.note is None else format_nombre(ligne.note),
        _etat(une.ton_du_sens, une.sens_lu) if une.sens else RIEN,
        format_euros_ronds(une.demande),
        format_euros_ronds(une.propose) or RIEN,
        _lus(une) if tapees is None else _champs(une, tapees),
    )


def _etat(ton: str, libelle: str) -> SafeString:
    return format_html('<span class="etat etat-{}">{}</span>', ton, libelle)


def _imposition(une: LigneMontree) -> SafeString | str:
    if not une.ligne.imposition:
        return ""
    return format_html(" {}", _etat("information", f"calcul : {une.ligne.get_imposition_display()}"))


def _lus(une: LigneMontree) -> SafeString:
    montants = format_html_join(
        "",
        '<td class="nombre">{}</td>',
        ((RIEN if an.demande is None else format_euros(an.montant),) for an in une.annees),
    )
    return format_html("{}<td>{}</td><td></td>", montants, _etat(une.ligne.ton, une.ligne.get_choix_display()))


def _champs(une: LigneMontree, tapees: Any) -> SafeString:
    erreur = tapees.erreurs.get(une.projet, "")
    textes = tapees.textes.get(une.projet, {})
    fautives = _annees_en_faute(une, tapees)
    montants = format_html_join(
        "",
        '<td class="nombre">{}</td>',
        (
            (RIEN if an.demande is None else _montant(une, an, textes, est_en_faute=an.annee in fautives),)
            for an in une.annees
        ),
    )
    choisi = textes.get(f"choix-{une.projet}", une.ligne.choix)
    choix = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((un.value, SafeString(" selected") if un.value == choisi else "", un.label) for un in Choix),
    )
    return format_html(
        '{}<td><select form="saisies" name="choix-{}" aria-label="Choix pour {}">{}</select></td>'
        '<td id="e-{}" class="enregistrement"><input type="hidden" form="saisies" name="v-{}" value="{}">{}</td>',
        montants,
        une.projet,
        une.reference,
        choix,
        une.projet,
        une.projet,
        une.ligne.version,
        format_html('<p class="erreur" id="erreur-{}" role="alert">{}</p>', une.projet, erreur) if erreur else "",
    )


def _annees_en_faute(une: LigneMontree, tapees: Any) -> set[int]:
    if une.projet not in tapees.erreurs:
        return set()
    annee = tapees.annees.get(une.projet)
    return {an.annee for an in une.annees} if annee is None else {annee}


def _montant(une: LigneMontree, an: Annee, textes: dict[str, str], *, est_en_faute: bool) -> SafeString:
    """Le champ d’une année : ce qui a été tapé s’il n’est pas enregistré, sinon le montant."""
    nom = f"m-{une.projet}-{an.annee}"
    propose = "" if an.propose is None else f", proposé {format_euros_ronds(an.propose)}"
    faute = format_html(' class="is-invalid" aria-invalid="true" aria-describedby="erreur-{}"', une.projet)
    return format_html(
        '<input form="saisies" name="{}" value="{}" inputmode="decimal" aria-label="Montant {} de {}"'
        ' title="demandé {}{}"{}>',
        nom,
        textes.get(nom) or format_nombre(an.montant, 2 if an.montant % 1 else 0),
        an.annee,
        une.reference,
        format_euros_ronds(an.demande),
        propose,
        faute if est_en_faute else "",
    )
