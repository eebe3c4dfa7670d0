"""Conduire la séance : passer d’un point à l’autre, justifier un écart, clore et photographier."""

import json
from collections.abc import Sequence
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.comite.verrou import comite_verrouille
from financements.chiffres.comite.notes import ordre_des_notes
from financements.chiffres.comite.seance import seance
from financements.models import Comite, EcartALaNote, PhotographieDeSeance
from financements.states import CYCLE_COMITE, EtatComite


@transaction.atomic
def aller_au_point(*, auteur: Personne, comite: Comite, rang: int) -> Comite:
    """Le point que la salle regarde ; au-delà des bornes, le premier ou le dernier.

    Tourner la page n’est pas une décision : rien au journal. Lève `PassageRefuse` (pas ouvert), `PermissionDenied`.
    """
    verrouille = comite_verrouille(auteur, comite, EtatComite.OUVERT)
    verrouille.rang_courant = min(max(rang, 1), verrouille.points.count())
    verrouille.save(update_fields=["rang_courant"])
    return verrouille


@transaction.atomic
def justifier_des_ecarts(
    *, auteur: Personne, comite: Comite, projets: Sequence[int], justification: str
) -> list[EcartALaNote]:
    """La même justification pour un ou plusieurs écarts de l’ordre des notes (`projets` : ceux qui sont écartés).

    Remplace celle d’avant. Lève `PassageRefuse` (pas ouvert, pas un écart, un projet dont l’auteur s’est déporté),
    `PermissionDenied`, `ValidationError`.
    """
    verrouille = comite_verrouille(auteur, comite, EtatComite.OUVERT)
    notes = ordre_des_notes(verrouille).ouvert_a(auteur)
    vus = {ecart.projet.pk: ecart for ecart in (*notes.a_justifier, *notes.justifies)}
    if not projets or not set(projets) <= set(vus):
        raise PassageRefuse("Il n’y a plus d’écart à justifier pour un de ces projets\u00a0: relisez la liste.")
    texte = justification.strip()
    EcartALaNote(comite=verrouille, justification=texte).clean_fields(exclude=["projet", "justifie_par"])
    avant = {
        str(vus[ecart.projet_id].projet.numero): ecart.justification
        for ecart in verrouille.ecarts.filter(projet__in=projets)
    }
    ecrits = EcartALaNote.objects.bulk_create(
        [
            EcartALaNote(comite=verrouille, projet_id=projet, justification=texte, justifie_par=auteur)
            for projet in projets
        ],
        update_conflicts=True,
        unique_fields=["comite", "projet"],
        update_fields=["justification", "justifie_par", "justifie_le"],
    )
    journaliser(
        auteur=auteur,
        acte="justifier_un_ecart",
        objet=verrouille,
        avant={"justification": avant} if avant else None,
        apres={"projets": [vus[projet].projet.numero for projet in projets], "justification": texte},
    )
    return ecrits


@transaction.atomic
def clore_un_comite(*, auteur: Personne, comite: Comite) -> PhotographieDeSeance:
    """Clôt la séance et la photographie : rien n’y change plus.

    Lève `PassageRefuse` (pas ouvert, écart sans justification, ex æquo départagés sans règle), `PermissionDenied`.
    """
    verrouille = comite_verrouille(auteur, comite, EtatComite.OUVERT)
    notes = ordre_des_notes(verrouille)
    if notes.a_justifier:
        raise PassageRefuse(
            f"Écarts à la note sans justification\u00a0: {len(notes.a_justifier)}. Justifiez-les d’abord."
        )
    if notes.ex_aequo and not verrouille.regle_ex_aequo:
        raise PassageRefuse("Des ex æquo sont départagés\u00a0: écrivez d’abord la règle qui les départage.")
    verrouille.etat, verrouille.clos_le = CYCLE_COMITE.franchir("clore", verrouille.etat), timezone.now()
    vue = seance(verrouille, clos_par=str(auteur))
    contenu = json.dumps(vue, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    photographie: PhotographieDeSeance = PhotographieDeSeance.objects.create(
        comite=verrouille, contenu=contenu, empreinte=sha256(contenu.encode()).hexdigest()
    )
    verrouille.save(update_fields=["etat", "clos_le"])
    journaliser(
        auteur=auteur,
        acte="clore_un_comite",
        objet=verrouille,
        avant={"etat": EtatComite.OUVERT.label},
        apres={
            "etat": EtatComite.CLOS.label,
            "empreinte": photographie.empreinte,
            "amendements": len(vue["amendements"]),
            "ecarts": len(vue["ecarts"]),
        },
    )
    return photographie


@transaction.atomic
def ecrire_la_regle_des_ex_aequo(*, auteur: Personne, comite: Comite, regle: str) -> Comite:
    """La règle qui départage, écrite en séance. Lève `PassageRefuse` (pas ouvert), `PermissionDenied`."""
    verrouille = comite_verrouille(auteur, comite, EtatComite.OUVERT)
    avant = {"regle_ex_aequo": verrouille.regle_ex_aequo}
    verrouille.regle_ex_aequo = regle.strip()
    verrouille.full_clean()
    verrouille.save(update_fields=["regle_ex_aequo"])
    journaliser(
        auteur=auteur,
        acte="regler_un_comite",
        objet=verrouille,
        avant=avant,
        apres={"regle_ex_aequo": verrouille.regle_ex_aequo},
    )
    return verrouille
