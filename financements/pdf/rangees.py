"""Les rangées de la liste des actions, écrites ici plutôt que par un gabarit.

La cellule d’une action va à la ligne par son texte même (`white-space: pre-line`) : une boîte de moins par action à
mettre en page. Ses blancs comptent donc, et une mise en forme du gabarit les changerait.
"""

from collections.abc import Mapping, Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from config.socle.montants import format_nombre
from financements.chiffres import LigneAction


def rangees(lignes: Sequence[LigneAction], partages_avec: Mapping[int, Sequence[str]]) -> SafeString:
    """Une rangée par action : numéro, organisme et intitulé, montants de chaque exercice, total."""
    return mark_safe("\n".join(_rangee(ligne, partages_avec.get(ligne.pk, ())) for ligne in lignes))  # noqa: S308


def _rangee(ligne: LigneAction, autres: Sequence[str]) -> SafeString:
    montants = "".join(f"<td>{format_nombre(montant, 2)}</td>" for montant in (*ligne.par_annee.values(), ligne.total))
    return format_html(
        '<tr><td>{}</td><th scope="row"><b>{}</b>\n{}{}</th>{}</tr>',
        ligne.numero,
        ligne.organisme,
        ligne.intitule,
        _precisions(ligne.est_fse, autres),
        mark_safe(montants),  # noqa: S308 (des nombres mis en forme)
    )


def _precisions(est_fse: bool, autres: Sequence[str]) -> SafeString:  # noqa: FBT001
    """« (FSE ; avec Douaisis) », ou rien."""
    dites = (["FSE"] if est_fse else []) + ([f"avec {', '.join(autres)}"] if autres else [])
    return mark_safe(f" <i>({escape(' ; '.join(dites))})</i>") if dites else SafeString("")  # noqa: S308
