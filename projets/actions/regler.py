"""Régler un appel et ses éléments (axes, pièces, questions, critères, points de recevabilité) : ajouter, modifier,
déplacer, supprimer.

Tous ces actes verrouillent d’abord l’appel : deux pilotes passent l’un après l’autre. Hors du brouillon, seuls les
textes se corrigent (`projets.rules.publication`).
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from projets.actions.refus import ReglageFige, libelle, photographie
from projets.models import AppelAProjets, Axe, Critere, PieceDemandee, PointDeRecevabilite, Question
from projets.rules.publication import TEXTES_D_UN_ELEMENT, champs_modifiables, report_est_permis
from projets.states import CYCLE_APPEL, EtatAppel

Element = Axe | PieceDemandee | Question | Critere | PointDeRecevabilite
E = TypeVar("E", bound=Element)
M = TypeVar("M", bound=models.Model)


def verrouiller(appel_id: int) -> AppelAProjets:
    """L’appel, relu et verrouillé jusqu’à la fin de la transaction."""
    return AppelAProjets.objects.select_for_update(of=("self",)).get(pk=appel_id)


def passer_l_appel(
    auteur: Personne | None, appel: AppelAProjets, acte: str, *, dates: dict[str, Any] | None = None
) -> AppelAProjets:
    """Fait franchir `acte` à l’appel verrouillé, et le journalise avec `dates`. Lève `PassageRefuse`."""
    avant = str(appel.etat)
    appel.etat = EtatAppel(CYCLE_APPEL.franchir(acte, avant))
    appel.version += 1
    appel.save(update_fields=["etat", "version"])
    journaliser(
        auteur=auteur,
        acte=f"{acte}_appel",
        objet=appel,
        avant={"etat": avant},
        apres={"etat": str(appel.etat), **(dates or {})},
    )
    return appel


def rang_de(modele: type[models.Model]) -> str:
    """Le champ qui range les éléments : le numéro d’un axe, l’ordre des autres."""
    return "numero" if modele is Axe else "ordre"


@transaction.atomic
def modifier_appel(*, auteur: Personne | None, appel: AppelAProjets, version: int) -> AppelAProjets:
    """Enregistre les champs changés de `appel`. `version` : celle que la personne avait sous les yeux.

    Lève `VersionPerimee`, `ReglageFige` (champ figé, clôture avancée), `ValidationError`.
    """
    actuel = verrouiller(appel.pk)
    changes = _changes(actuel, appel, version)
    instant = timezone.now()
    permis = champs_modifiables(actuel.etat_a(instant))
    if permis is not None:
        _refuser_les_figes(actuel, changes - permis)
        if "ferme_le" in changes and not report_est_permis(actuel.ferme_le, appel.ferme_le, instant):
            raise ReglageFige("La clôture annoncée ne s’avance pas : elle peut seulement être reculée, à venir.")
        if "ouvre_le" in changes and appel.ouvre_le <= instant:
            raise ReglageFige("L’ouverture d’un appel publié reste à venir.")
    return _enregistrer(auteur, "modifier_appel", actuel, appel, changes)


@transaction.atomic
def ajouter_element(*, auteur: Personne | None, appel: AppelAProjets, element: E) -> E:
    """Ajoute l’élément à la fin. Lève `ReglageFige` hors du brouillon, `ValidationError`."""
    _exiger_le_brouillon(verrouiller(appel.pk), "Ajouter")
    rang = rang_de(type(element))
    element.appel = appel
    dernier = type(element)._default_manager.filter(appel=appel).aggregate(m=models.Max(rang))["m"]
    setattr(element, rang, (dernier or 0) + 1)
    element.full_clean()
    element.save()
    journaliser(auteur=auteur, acte=f"ajouter_{element._meta.model_name}", objet=element, apres=photographie(element))
    return element


@transaction.atomic
def modifier_element(*, auteur: Personne | None, element: E, version: int) -> E:
    """Enregistre les champs changés de `element`. Mêmes refus que `modifier_appel`."""
    appel = verrouiller(element.appel_id)
    actuel = _relire(element)
    changes = _changes(actuel, element, version)
    if appel.etat != EtatAppel.BROUILLON:
        _refuser_les_figes(actuel, changes - TEXTES_D_UN_ELEMENT)
    return _enregistrer(auteur, f"modifier_{element._meta.model_name}", actuel, element, changes)


@transaction.atomic
def deplacer_element(*, auteur: Personne | None, element: Element, vers_le_haut: bool) -> None:
    """Échange l’élément avec son voisin ; sans effet au bout de la liste. Lève `ReglageFige` hors du brouillon."""
    _exiger_le_brouillon(verrouiller(element.appel_id), "Déplacer")
    actuel = _relire(element)
    rang = rang_de(type(element))
    ici = getattr(actuel, rang)
    freres = type(element)._default_manager.filter(appel_id=element.appel_id)
    cote = freres.filter(**{f"{rang}__lt" if vers_le_haut else f"{rang}__gt": ici})
    voisin = cote.order_by(f"-{rang}" if vers_le_haut else rang).first()
    if voisin is None:
        return
    la = getattr(voisin, rang)
    libre = freres.aggregate(m=models.Max(rang))["m"] + 1  # un rang est unique à chaque instant
    for pk, valeur in ((actuel.pk, libre), (voisin.pk, ici), (actuel.pk, la)):
        freres.filter(pk=pk).update(**{rang: valeur})
    journaliser(
        auteur=auteur,
        acte=f"deplacer_{element._meta.model_name}",
        objet=actuel,
        avant={rang: ici},
        apres={rang: la},
    )


@transaction.atomic
def supprimer_element(*, auteur: Personne | None, element: Element) -> None:
    """Supprime l’élément et referme les rangs. Lève `ReglageFige` hors du brouillon ou si un axe est utilisé."""
    _exiger_le_brouillon(verrouiller(element.appel_id), "Supprimer")
    actuel = _relire(element)
    if isinstance(actuel, Axe):
        _exiger_un_axe_inutilise(actuel)
    rang = rang_de(type(element))
    ici = getattr(actuel, rang)
    journaliser(auteur=auteur, acte=f"supprimer_{element._meta.model_name}", objet=actuel, avant=photographie(actuel))
    fichiers = _fichiers(actuel)
    actuel.delete()
    suivants = type(element)._default_manager.filter(appel_id=element.appel_id, **{f"{rang}__gt": ici})
    for suivant in suivants.order_by(rang):
        suivants.model._default_manager.filter(pk=suivant.pk).update(**{rang: models.F(rang) - 1})
    _effacer_ensuite(fichiers)


def _exiger_le_brouillon(appel: AppelAProjets, geste: str) -> None:
    if appel.etat != EtatAppel.BROUILLON:
        raise ReglageFige(
            f"{geste} n’est plus possible : l’appel est publié, les projets s’écrivent sur ce qu’il demande. "
            "Les textes et les aides se corrigent encore."
        )


def _exiger_un_axe_inutilise(axe: Axe) -> None:
    usages = [
        f"{nombre} {nom}{'s' if nombre > 1 else ''}"
        for nom, nombre in (
            ("question", axe.questions.count()),
            ("pièce", axe.pieces.count()),
            ("projet", axe.projets.count()),
        )
        if nombre
    ]
    if usages:
        raise ReglageFige(f"Cet axe est utilisé ({', '.join(usages)}) : il ne se supprime pas.")


def _relire(element: E) -> E:
    try:
        return type(element)._default_manager.select_for_update(of=("self",)).get(pk=element.pk)  # type: ignore[return-value]
    except type(element).DoesNotExist as absence:
        raise PassageRefuse("Cet élément vient d’être supprimé par quelqu’un d’autre.") from absence


def _changes(actuel: models.Model, voulu: models.Model, version: int) -> set[str]:
    exiger_la_version(actuel, version)
    avant, apres = photographie(actuel), photographie(voulu)
    return {nom for nom, valeur in avant.items() if valeur != apres[nom]}


def _refuser_les_figes(objet: models.Model, figes: Iterable[str]) -> None:
    noms = sorted(libelle(objet, colonne) for colonne in figes)
    if noms:
        raise ReglageFige(f"L’appel est publié, ceci ne change plus\u00a0: {', '.join(noms)}.")


def _enregistrer(auteur: Personne | None, acte: str, actuel: models.Model, voulu: M, changes: set[str]) -> M:
    """Écrit les seules colonnes changées, journalise leurs deux valeurs, efface les fichiers remplacés."""
    if not changes:
        return voulu
    voulu.version = actuel.version + 1  # type: ignore[attr-defined]
    voulu.full_clean()
    remplaces = [chemin for nom, chemin in _fichiers_par_champ(actuel).items() if nom in changes]
    voulu.save(update_fields=[*sorted(changes), "version"])
    avant, apres = photographie(actuel), photographie(voulu)
    journaliser(
        auteur=auteur,
        acte=acte,
        objet=voulu,
        avant={nom: avant[nom] for nom in sorted(changes)},
        apres={nom: apres[nom] for nom in sorted(changes)},
    )
    _effacer_ensuite(remplaces)
    return voulu


def _fichiers_par_champ(objet: models.Model) -> dict[str, str]:
    valeurs: dict[str, Any] = {
        champ.attname: getattr(objet, champ.attname)
        for champ in objet._meta.concrete_fields
        if isinstance(champ, models.FileField)
    }
    return {nom: str(fichier) for nom, fichier in valeurs.items() if fichier}


def _fichiers(objet: models.Model) -> list[str]:
    return list(_fichiers_par_champ(objet).values())


def _effacer_ensuite(chemins: list[str]) -> None:
    for chemin in chemins:
        transaction.on_commit(lambda chemin=chemin: default_storage.delete(chemin))  # type: ignore[misc]
