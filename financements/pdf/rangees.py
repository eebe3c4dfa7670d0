"""Les rangées de la liste des actions, écrites ici plutôt que par un gabarit.

La cellule d’une action va à la ligne par son texte même (`white-space: pre-line`) : une boîte de moins par action à
mettre en page. Ses blancs comptent donc, et une mise en forme du gabarit les changerait.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from config.socle.montants import format_nombre
from financements.chiffres import GroupeActions, LigneAction


def rangees(groupe: GroupeActions, partages_avec: Mapping[int, Sequence[str]]) -> SafeString:
    """Une rangée par action (numéro, organisme et intitulé, montant de chaque exercice, total), puis le sous-total."""
    actions = (_rangee(ligne, partages_avec.get(ligne.pk, ())) for ligne in groupe.lignes)
    return mark_safe("\n".join((*actions, _sous_total(groupe))))  # noqa: S308 (échappé par format_html)


def _sous_total(groupe: GroupeActions) -> SafeString:
    nombre = len(groupe.lignes)
    return format_html(
        '<tr class="sous-total"><td></td><th scope="row">{} action{}, {}</th>{}</tr>',
        nombre,
        "s" if nombre > 1 else "",
        groupe.territoire,
        _cellules(groupe.par_annee, groupe.total),
    )


def _cellules(par_annee: Mapping[int, Decimal], total: Decimal) -> SafeString:
    montants = (f"<td>{format_nombre(montant, 2)}</td>" for montant in (*par_annee.values(), total))
    return mark_safe("".join(montants))  # noqa: S308 (des nombres mis en forme)


def _rangee(ligne: LigneAction, autres: Sequence[str]) -> SafeString:
    return format_html(
        '<tr><td>{}</td><th scope="row"><b>{}</b>\n{}{}</th>{}</tr>',
        ligne.numero,
        ligne.organisme,
        ligne.intitule,
        _precisions(ligne.est_fse, autres),
        _cellules(ligne.par_annee, ligne.total),
    )


def _precisions(est_fse: bool, autres: Sequence[str]) -> SafeString:  # noqa: FBT001
    """« (FSE ; avec Douaisis) », ou rien."""
    dites = (["FSE"] if est_fse else []) + ([f"avec {', '.join(autres)}"] if autres else [])
    return mark_safe(f" <i>({escape(' ; '.join(dites))})</i>") if dites else SafeString("")  # noqa: S308
