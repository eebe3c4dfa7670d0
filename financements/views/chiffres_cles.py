"""Les gros chiffres du haut d’une page, écrits."""

from dataclasses import dataclass

from config.socle.montants import (
    format_euros,
    format_euros_ronds,
    format_euros_signe,
    format_meuros,
    format_nombre,
    format_pourcent,
    format_pourcent_signe,
)
from financements.chiffres import Programme
from financements.chiffres.enveloppes import Enveloppes
from financements.chiffres.fiche import FicheAction


@dataclass(frozen=True)
class ChiffreCle:
    """Un chiffre, ce qu’il compte, et au besoin une précision. `ton` : pro, social ou rien."""

    valeur: str
    libelle: str
    detail: str = ""
    ton: str = ""


def accorder(nombre: int, singulier: str, pluriel: str = "") -> str:
    """« 1 action », « 988 actions »."""
    return f"{format_nombre(nombre)} {singulier if nombre < 2 else pluriel or singulier + 's'}"  # noqa: PLR2004 (deux)


def chiffres_cles(programme: Programme) -> list[ChiffreCle]:
    """Voté, actions, territoires, allocataires, FSE, part professionnelle."""
    synthese = programme.synthese
    total = programme.total_territoires
    allocataires = total.allocataires if total else None
    return [
        ChiffreCle(format_meuros(synthese.vote), f"votés sur {programme.appel.periode}", format_euros(synthese.vote)),
        ChiffreCle(
            format_nombre(synthese.actions),
            "action financée" if synthese.actions == 1 else "actions financées",
            f"portées par {accorder(synthese.organismes, 'organisme')}",
        ),
        ChiffreCle(
            format_nombre(len(programme.territoires)),
            "territoire" if len(programme.territoires) == 1 else "territoires",
            f"{format_nombre(allocataires)} allocataires au relevé" if allocataires else "sans relevé d’effectifs",
        ),
        ChiffreCle(
            format_nombre(synthese.allocataires_accompagnes),
            "allocataires accompagnés par an",
            "prévision des porteurs",
        ),
        ChiffreCle(
            format_meuros(synthese.montant_fse),
            "du Fonds social européen",
            f"pour {accorder(synthese.actions_fse, 'action cofinancée', 'actions cofinancées')}",
        ),
        _part_professionnelle(programme),
    ]


def _part_professionnelle(programme: Programme) -> ChiffreCle:
    """Le partage atteint, face à la cible et à l’année de comparaison."""
    appel = programme.appel
    rappels = []
    if appel.part_pro_cible is not None:
        rappels.append(f"cible {format_pourcent(appel.part_pro_cible, 0)}")
    if appel.annee_reference is not None:
        rappels.append(f"{format_pourcent(appel.part_pro_reference, 0)} en {appel.annee_reference}")
    return ChiffreCle(
        format_pourcent(programme.partages[-1].part_pro) if programme.total else "–",
        "pour l’insertion professionnelle",
        ", ".join(rappels),
        ton="pro",
    )


def chiffres_publics(programme: Programme) -> list[ChiffreCle]:
    """Ce que tout le monde peut lire d’un programme voté."""
    compte = programme.ensemble
    return [
        ChiffreCle(
            format_meuros(programme.total), f"votés sur {programme.appel.periode}", format_euros(programme.total)
        ),
        ChiffreCle(
            format_nombre(compte.actions),
            "action financée" if compte.actions == 1 else "actions financées",
            f"portées par {accorder(compte.organismes, 'organisme')}",
        ),
        _part_professionnelle(programme),
    ]


def chiffres_de_l_action(fiche: FicheAction) -> list[ChiffreCle]:
    """Voté, coût et part du département, allocataires."""
    total, projet = fiche.total, fiche.action.projet
    par_allocataire = fiche.cout_par_allocataire
    return [
        ChiffreCle(format_euros(total.vote), f"votés sur {fiche.appel.periode}"),
        ChiffreCle(format_euros(total.cout), "coût de l’action"),
        ChiffreCle(format_pourcent(total.part) or "–", "part du département dans le coût"),
        ChiffreCle(
            format_nombre(projet.allocataires_prevus),
            "allocataires accompagnés par an",
            f"{format_euros_ronds(par_allocataire)} votés par allocataire et par an" if par_allocataire else "",
        ),
    ]


def chiffres_du_territoire(programme: Programme) -> list[ChiffreCle]:
    """Voté face au prorata, allocataires, actions."""
    (ligne,) = programme.par_territoire
    compte = programme.ensemble
    ecart = f"{format_pourcent_signe(ligne.ecart_pourcent)} de la dotation" if ligne.ecart is not None else ""
    return [
        ChiffreCle(format_euros(ligne.vote), f"votés sur {programme.appel.periode}"),
        ChiffreCle(format_euros(ligne.prorata) or "–", "dotation au prorata"),
        ChiffreCle(format_euros_signe(ligne.ecart) or "–", "écart à la dotation", ecart),
        ChiffreCle(
            format_nombre(ligne.allocataires) or "–",
            "allocataires au relevé",
            f"{format_euros_ronds(ligne.par_allocataire)} votés par allocataire" if ligne.par_allocataire else "",
        ),
        ChiffreCle(
            format_nombre(compte.actions),
            "action" if compte.actions == 1 else "actions",
            f"portées par {accorder(compte.organismes, 'organisme')}",
        ),
    ]


def chiffres_de_l_enveloppe(programme: Programme, enveloppes: Enveloppes) -> list[ChiffreCle]:
    """L’autorisation d’engagement, le demandé, le voté, le partage."""
    periode = enveloppes.total.periode
    return [
        ChiffreCle(
            format_meuros(periode.dotation) or "–", "autorisation d’engagement", format_euros(periode.dotation)
        ),
        ChiffreCle(format_meuros(periode.demande), f"demandés par {accorder(enveloppes.projets_demandes, 'projet')}"),
        ChiffreCle(
            format_meuros(periode.vote),
            f"votés pour {accorder(programme.ensemble.actions, 'action')}",
            f"reste {format_euros(periode.reste)}" if periode.reste is not None else "",
        ),
        _part_professionnelle(programme),
    ]
