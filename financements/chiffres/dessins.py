"""Les dessins d’un programme : la couche de chiffres donne les nombres, `config.socle.dessins` la géométrie.

Le même dessin sert à l’écran et dans le PDF ; seul l’écran lie les territoires à leur page. Montrer toujours le
tableau des mêmes chiffres à côté.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import QuerySet

from config.socle import dessins
from config.socle.montants import en_centimes, format_euros, format_euros_ronds, format_pourcent, format_pourcent_signe
from financements.chiffres.fiche import FicheAction
from financements.chiffres.programme import CONTOUR_EN_TEXTE, Programme
from financements.chiffres.tableaux import Partage
from projets.models import PartProjet
from territoires.models import Territoire

Lien = Callable[[Territoire], str]


def ton_de_l_axe(numero: int) -> str:
    """Le thème a cinq tons d’axe ; au-delà, ils reviennent."""
    return f"axe-{(numero - 1) % 5 + 1}"


def dessin_des_axes(programme: Programme, *, largeur: float = 640, hauteur: float = 300) -> dessins.Dessin:
    """Une pile par année, un étage par axe."""
    return dessins.barres_empilees(
        titre=f"Crédits votés par année et par axe, {programme.perimetre.periode}, en millions d’euros",
        categories=[str(annee) for annee in programme.annees],
        series=[
            dessins.Serie(
                f"{ligne.axe.numero}. {ligne.axe.intitule}",
                tuple(en_centimes(ligne.par_annee[annee]) for annee in programme.annees),
                ton=ton_de_l_axe(ligne.axe.numero),
            )
            for ligne in programme.par_axe
        ],
        largeur=largeur,
        hauteur=hauteur,
    )


def dessin_du_partage(programme: Programme, *, largeur: float = 640) -> dessins.Dessin:
    """Une barre pleine par année : insertion professionnelle contre insertion sociale, face à la cible."""
    constat = "Département" if programme.perimetre.territoire else "constaté"
    return dessins.partage(
        titre="Part de l’insertion professionnelle et de l’insertion sociale dans les crédits",
        lignes=[_ligne_de_partage(partage, constat) for partage in programme.partages],
        cible=programme.appel.part_pro_cible,
        decimales=1,  # celles du tableau des mêmes chiffres, à côté
        largeur=largeur,
    )


def _ligne_de_partage(partage: Partage, constat: str) -> dessins.LignePartage:
    if partage.pro is None or partage.social is None:
        pro, social = en_centimes(partage.part_pro), en_centimes(partage.part_social)
        return dessins.LignePartage(partage.libelle, pro, social, note=constat)
    return dessins.LignePartage(partage.libelle, en_centimes(partage.pro), en_centimes(partage.social))


def dessin_des_ecarts(programme: Programme, *, largeur: float = 640) -> dessins.Dessin | None:
    """Écart de chaque territoire à sa dotation au prorata, en pour cent ; None sans répartition."""
    ecarts = [
        dessins.Ecart(ligne.territoire.nom, ligne.ecart_pourcent, format_pourcent_signe(ligne.ecart_pourcent))
        for ligne in programme.par_territoire
        if ligne.ecart_pourcent is not None
    ]
    if not ecarts:
        return None
    titre = "Écart entre les crédits votés et la dotation au prorata, par territoire, en pour cent"
    return dessins.barres_divergentes(titre=titre, ecarts=ecarts, largeur=largeur)


def carte_par_allocataire(
    programme: Programme, *, lien: Lien | None = None, largeur: float = 560
) -> dessins.Dessin | None:
    """Crédits votés par allocataire sur la période, par territoire ; None si aucun territoire n’a de contour."""
    connus: Iterable[Any] = programme.territoires if programme.avec_contours else _contours()
    contours = {territoire.pk: territoire.texte for territoire in connus if territoire.texte}
    periode = programme.appel.periode
    zones = tuple(
        _Zone(
            ligne.territoire.code,
            ligne.territoire.nom,
            contours[ligne.territoire.pk],
            ligne.par_allocataire,
            format_euros_ronds(ligne.par_allocataire) or "pas de donnée",
            lien(ligne.territoire) if lien else "",
        )
        for ligne in programme.par_territoire
        if ligne.territoire.pk in contours
    )
    if not zones:
        return None
    titre = f"Carte des crédits votés par allocataire, {periode}, par territoire"
    return _carte(zones, titre, f"euros par allocataire, {periode}", largeur)


def carte_de_situation(
    territoire: Territoire, *, lien: Lien | None = None, largeur: float = 420
) -> dessins.Dessin | None:
    """Le territoire parmi les autres, seul teinté ; None s’il n’a pas de contour."""
    connus = list(_contours())
    if territoire not in connus:
        return None
    zones = tuple(
        _Zone(
            autre.code,
            autre.nom,
            autre.texte,
            Decimal(1) if autre == territoire else None,
            "",
            lien(autre) if lien and autre != territoire else "",
        )
        for autre in connus
    )
    return _carte(zones, f"Situation du territoire {territoire.nom} dans le département", "", largeur)


def carte_des_parts(parts: Iterable[PartProjet], *, largeur: float = 360) -> dessins.Dessin | None:
    """Les territoires d’un projet parmi les autres, teintés, leur part écrite ; None si aucun n’a de contour."""
    pourcentages = {part.territoire_id: part.pourcentage for part in parts}
    connus = list(_contours())
    if not pourcentages.keys() & {territoire.pk for territoire in connus}:
        return None
    zones = tuple(
        _Zone(
            territoire.code,
            territoire.nom,
            territoire.texte,
            Decimal(1) if territoire.pk in pourcentages else None,
            format_pourcent(pourcentages.get(territoire.pk)),
            "",
        )
        for territoire in connus
    )
    return _carte(zones, "Carte des territoires du projet, et de leur part", "", largeur)


def dessin_des_aides(aides: Sequence[tuple[int, Decimal]], *, largeur: float = 480) -> dessins.Dessin:
    """Ce qui a été voté à un organisme, par année."""
    return dessins.barres_horizontales(
        titre="Aides votées à l’organisme, par année",
        barres=[dessins.Barre(str(annee), en_centimes(somme), texte=format_euros(somme)) for annee, somme in aides],
        largeur=largeur,
    )


def carte_des_montants(
    valeurs: Mapping[int, Decimal | None], *, titre: str, legende: str, largeur: float = 480
) -> dessins.Dessin | None:
    """Territoire (sa clé) → euros ; None si aucun n’a de contour."""
    zones = tuple(
        _Zone(
            territoire.code,
            territoire.nom,
            territoire.texte,
            valeurs[territoire.pk],
            format_euros_ronds(valeurs[territoire.pk]) or "pas de donnée",
            "",
        )
        for territoire in _contours()
        if territoire.pk in valeurs
    )
    return _carte(zones, titre, legende, largeur) if zones else None


class _Zone(NamedTuple):
    """Une zone dont le contour est encore du texte : de quoi reconnaître une carte déjà dessinée."""

    code: str
    nom: str
    contour: str
    valeur: Decimal | None
    texte: str
    lien: str


@lru_cache(maxsize=32)
def _carte(zones: tuple[_Zone, ...], titre: str, legende: str, largeur: float) -> dessins.Dessin:
    """La géométrie coûte plus que toute la page : une carte identique ne se redessine pas.

    Sans légende, pas de classes.
    """
    return dessins.carte(
        titre=titre,
        zones=[
            dessins.Zone(z.code, z.nom, contour=json.loads(z.contour), valeur=z.valeur, texte=z.texte, lien=z.lien)
            for z in zones
        ],
        legende=legende,
        format_borne=_euros_ronds,
        largeur=largeur,
        avec_classes=bool(legende),
    )


def dessin_des_annees(fiche: FicheAction, *, largeur: float = 560) -> dessins.Dessin:
    """Le montant voté d’une action chaque année, face au coût du projet."""
    return dessins.barres_horizontales(
        titre="Montant voté par année, face au coût de l’action",
        barres=[
            dessins.Barre(
                str(ligne.annee),
                en_centimes(ligne.vote),
                ton=ton_de_l_axe(fiche.action.projet.axe.numero),
                texte=format_euros(ligne.vote),
                repere=en_centimes(ligne.cout) if ligne.cout else None,
            )
            for ligne in fiche.annees
        ],
        nom_repere="coût de l’action",
        largeur=largeur,
    )


def _contours() -> QuerySet[Any]:
    """Les territoires qui ont un contour, et son GeoJSON en `texte` : lus à part, les autres pages s’en passent."""
    connus = Territoire.objects.defer("contour").exclude(contour=None).order_by("nom_tri")
    return connus.annotate(texte=CONTOUR_EN_TEXTE)


def _euros_ronds(borne: Decimal) -> str:
    return format_euros_ronds(borne)
