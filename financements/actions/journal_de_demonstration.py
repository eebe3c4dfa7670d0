"""Le journal des projets inventés : les lignes qu’auraient écrites leurs actes, à leur date."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from comptes.models import Personne
from comptes.states import Role
from config.socle.models import Journal, SceauDuJournal
from config.socle.sceaux import PARIS, bornes
from financements.actions.ecrire_projets_deposes import REDACTION, Contexte, Ecrit, instructeur_de
from financements.actions.inserer import inserer
from financements.demonstration.instruction import textes
from projets.models import Affectation, Projet
from projets.states import EtatProjet


def journaliser_les_parcours(
    contexte: Contexte, ecrits: Sequence[Ecrit], affectations: Sequence[Affectation] = ()
) -> None:
    """Une ligne par acte de chaque projet, dans l’ordre du temps ; aucune dans un jour déjà scellé."""
    sceau = SceauDuJournal.objects.defer("releve").last()
    plancher = bornes(sceau.jour)[1].isoformat() if sceau else ""
    lignes = [ligne for ecrit in ecrits for ligne in _lignes(contexte, ecrit)]
    pilote = Personne.objects.filter(role=Role.PILOTE).order_by("pk").first()
    lignes += [_confie(affectation, pilote) for affectation in affectations]
    for ligne in lignes:
        ligne["quand"] = max(ligne["quand"], plancher)
    inserer(Journal, sorted(lignes, key=lambda ligne: str(ligne["quand"])))


def _lignes(contexte: Contexte, ecrit: Ecrit) -> Iterator[dict[str, Any]]:
    projet, parcours, etats = ecrit.projet, ecrit.demo.parcours, EtatProjet
    deposant = contexte.deposants.get(projet.organisme_id)
    service = instructeur_de(contexte, ecrit)
    depose = ecrit.instant(parcours.depose)
    yield _ligne(projet, depose - REDACTION, deposant, "creer_projet", None, {"appel": projet.appel.slug})
    yield _ligne(
        projet, depose, deposant, "deposer", None, {"etat": etats.DEPOSE, "numero": projet.numero, "version": 1}
    )
    avant = str(etats.DEPOSE)
    if parcours.demandee is not None:
        apres = {"etat": etats.INCOMPLET, "echeance": _jour(contexte, parcours.echeance)}
        yield _ligne(projet, ecrit.instant(parcours.demandee), service, "demander_une_piece", {"etat": avant}, apres)
    if parcours.rendue is not None:
        avant = str(etats.COMPLETE)
        yield _ligne(
            projet, ecrit.instant(parcours.rendue), deposant, "completer", None, {"etat": avant, "version": 2}
        )
    if parcours.quand is not None:
        yield from _decision(ecrit, ecrit.instant(parcours.quand), (service, deposant), avant)
    if parcours.avis is not None:
        avant_l_avis = {"etat": etats.RECEVABLE}
        yield _ligne(
            projet, ecrit.instant(parcours.avis), service, "rendre_un_avis", avant_l_avis, {"etat": etats.INSTRUIT}
        )


def _decision(
    ecrit: Ecrit, quand: datetime, qui: tuple[Personne, Personne | None], avant: str
) -> Iterator[dict[str, Any]]:
    """Recevable (puis instruit), irrecevable ou retiré, selon où le projet en est."""
    projet, numero = ecrit.projet, ecrit.projet.numero or 0
    service, deposant = qui
    if projet.etat == EtatProjet.RETIRE:
        motif = textes.RETRAITS[numero % len(textes.RETRAITS)]
        yield _ligne(projet, quand, deposant, "retirer", {"etat": avant}, {"etat": projet.etat, "motif": motif})
    elif projet.etat == EtatProjet.IRRECEVABLE:
        motif = textes.IRRECEVABILITES[numero % len(textes.IRRECEVABILITES)]
        apres = {"etat": projet.etat, "motif": motif}
        yield _ligne(projet, quand, service, "declarer_irrecevable", {"etat": avant}, apres)
    else:
        yield _ligne(
            projet, quand, service, "declarer_recevable", {"etat": avant}, {"etat": EtatProjet.RECEVABLE.value}
        )


def _confie(affectation: Affectation, pilote: Personne | None) -> dict[str, Any]:
    """Ce qu’une répartition du pilote aurait écrit."""
    apres = {"instructeur": str(affectation.instructeur), "qualite": affectation.qualite, "repartition": True}
    return _ligne(affectation.projet, affectation.depuis, pilote, "affecter", None, apres)


def _ligne(
    projet: Projet,
    quand: datetime,
    auteur: Personne | None,
    acte: str,
    avant: dict[str, Any] | None,
    apres: dict[str, Any] | None,
) -> dict[str, Any]:
    return {
        "quand": quand.astimezone(PARIS).isoformat(),
        "auteur_id": auteur.pk if auteur else None,
        "acte": acte,
        "objet_type": projet._meta.label,
        "objet_id": str(projet.pk),
        "objet_libelle": str(projet)[:300],
        "avant": avant,
        "apres": apres,
    }


def _jour(contexte: Contexte, jours: int) -> str:
    return (contexte.appel.ferme_le + timedelta(days=jours)).date().isoformat()
