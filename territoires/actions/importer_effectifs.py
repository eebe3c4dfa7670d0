"""Importer des relevés d’effectifs : tout ou rien, sans effet la seconde fois."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from config.socle.journal import journaliser
from config.socle.lecture.erreurs import ErreurLigne, Releve
from config.socle.lecture.tableur import empreinte, lire_tableau
from territoires.imports.effectifs import ATTENDUES, Defauts, ReleveLu, lire_effectifs_du_tableau
from territoires.models import Effectif, ReleveEffectifs, Territoire


@dataclass(frozen=True)
class BilanEffectifs:
    """Ce qui a été créé ; s’il y a des erreurs, rien n’a été écrit."""

    crees: Sequence[ReleveEffectifs] = ()
    inchanges: int = 0
    erreurs: Sequence[ErreurLigne] = ()
    colonnes_ignorees: tuple[str, ...] = ()


@transaction.atomic
def importer_effectifs(*, auteur: Any, chemin: Path, defauts: Defauts, nom_fichier: str = "") -> BilanEffectifs:
    """Crée les relevés du fichier. Un relevé est reconnu par sa date, son unité et sa source.

    Identique, il est inchangé ; avec d’autres valeurs il est refusé, car des crédits ont pu être répartis sur lui :
    une correction est un relevé de plus (autre date, ou source précisée). Lève `FichierIllisible`.
    """
    tableau = lire_tableau(chemin, nom=nom_fichier or None, attendues=ATTENDUES)
    lecture = lire_effectifs_du_tableau(tableau, defauts)
    territoires = _verrouiller_les_territoires()
    releve = Releve(lecture.erreurs)
    nouveaux = [lu for lu in lecture.releves if _est_nouveau(lu, releve)]
    if releve.erreurs:
        return BilanEffectifs(erreurs=releve.par_ligne(), colonnes_ignorees=lecture.colonnes_ignorees)
    crees = [_creer(lu, territoires) for lu in nouveaux]
    for cree, lu in zip(crees, nouveaux, strict=True):
        apres = {"fichier": tableau.nom, "empreinte": empreinte(chemin), "effectifs": lu.nombres}
        journaliser(auteur=auteur, acte="importer_effectifs", objet=cree, apres=apres)
    return BilanEffectifs(crees, len(lecture.releves) - len(crees), (), lecture.colonnes_ignorees)


def _verrouiller_les_territoires() -> dict[str, int]:
    """Code → clé. Deux imports d’effectifs se suivent : le second voit le relevé du premier au lieu de le doubler.

    Ce verrou ne gêne pas qui se contente de citer un territoire.
    """
    verrouilles = Territoire.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return dict(verrouilles.values_list("code", "pk"))


def _est_nouveau(lu: ReleveLu, releve: Releve) -> bool:
    """Faux si le relevé est déjà là ; relève ce qui diffère, territoire par territoire."""
    connu = ReleveEffectifs.objects.filter(observe_le=lu.observe_le, unite=lu.unite, source=lu.source).first()
    if connu is None:
        return True
    suite = "un relevé se corrige par un relevé de plus (autre date ou source précisée)"
    if connu.est_fictif != lu.est_fictif:
        dit = "inventé" if connu.est_fictif else "réel"
        releve.ajouter(0, "fictif", "", f"un relevé {dit}, comme celui déjà enregistré : {suite}")
    nombres = dict(Effectif.objects.filter(releve=connu).values_list("territoire__code", "nombre"))
    for code, nombre in lu.nombres.items():
        if nombres.get(code) != nombre:
            attendu = (
                f"{nombres.get(code, 'rien')}, la valeur déjà enregistrée pour cette date et cette source : {suite}"
            )
            releve.ajouter(lu.lignes[code], "allocataires", str(nombre), attendu)
    return False


def _creer(lu: ReleveLu, territoires: dict[str, int]) -> ReleveEffectifs:
    cree = ReleveEffectifs.objects.create(
        observe_le=lu.observe_le, unite=lu.unite, source=lu.source, est_fictif=lu.est_fictif
    )
    Effectif.objects.bulk_create(
        Effectif(releve=cree, territoire_id=territoires[code], nombre=nombre) for code, nombre in lu.nombres.items()
    )
    return cree
