"""Contrôler la recevabilité d’un projet déposé, et conclure : recevable, irrecevable, rouvert."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.actions.collisions import DejaChange, refuser_si_change
from projets.actions.echanges import prevenir_l_autre_cote
from projets.actions.motiver import exiger_un_motif
from projets.models import ControleDeRecevabilite, DemandeDeComplement, Irrecevabilite, Projet
from projets.models.recevabilite import contenu_de_la_lettre
from projets.notifications.irrecevabilite import avis_d_irrecevabilite
from projets.permissions import instruit
from projets.rules.motifs import LONGUEUR_D_UN_MOTIF
from projets.rules.recevabilite import PointControle, obstacles
from projets.states import CONTROLABLES, CYCLE_PROJET
from projets.tasks.irrecevabilite import lancer_la_lettre


@dataclass(frozen=True, slots=True)
class Reponse:
    """Ce que l’on répond à un point ; `lue`, `precision_lue` : ce que la personne avait sous les yeux, vides s’il n’y
    avait pas de réponse."""

    reponse: str
    precision: str = ""
    lue: str = ""
    precision_lue: str = ""

    @property
    def dit(self) -> tuple[str, str]:
        """La réponse et sa précision, telles qu’elles s’écrivent."""
        return self.reponse, self.precision.strip()

    @property
    def lu(self) -> tuple[str, str]:
        """Celles que la page montrait."""
        return self.lue, self.precision_lue.strip()


@transaction.atomic
def controler_la_recevabilite(
    *, auteur: Personne, projet: Projet, reponses: Mapping[int, Reponse]
) -> list[ControleDeRecevabilite]:
    """Écrit les réponses que la personne a changées, par point (clé), et les rend. Un second envoi n’écrit rien.

    Lève `PermissionDenied`, `PassageRefuse` (état), `DejaChange` (une réponse a changé entre-temps), `ValidationError`
    (« non » sans précision).
    """
    verrouille = _verrouiller(auteur, projet)
    if verrouille.etat not in CONTROLABLES:
        etat = verrouille.get_etat_display()
        raise PassageRefuse(f"La recevabilité ne se contrôle plus\u00a0: le projet est «\u00a0{etat}\u00a0».")
    actuels = {c.point_id: c for c in verrouille.controles.select_related("par", "point")}
    changees = {pk: voulue for pk, voulue in reponses.items() if _est_changee(actuels.get(pk), voulue)}
    _refuser_les_collisions(actuels, changees)
    ecrits = []
    for point in verrouille.appel.points_de_recevabilite.filter(pk__in=changees):
        voulue = changees[point.pk]
        actuel = actuels.get(point.pk)
        controle = actuel or ControleDeRecevabilite(projet=verrouille, point=point)
        avant = {"reponse": actuel.reponse, "precision": actuel.precision} if actuel else None
        controle.reponse, controle.precision = voulue.dit
        controle.par, controle.le = auteur, timezone.now()
        controle.full_clean()
        controle.save()
        ecrits.append(controle)
        apres = {"point": point.intitule, "reponse": controle.reponse, "precision": controle.precision}
        journaliser(auteur=auteur, acte="controler_la_recevabilite", objet=verrouille, avant=avant, apres=apres)
    return ecrits


@transaction.atomic
def declarer_recevable(*, auteur: Personne, projet: Projet, vu: int | None = None) -> Projet:
    """Le projet s’étudie. `vu` : voir `projets.actions.collisions`.

    Lève `PermissionDenied`, `PassageRefuse` (état, ou le point qui s’y oppose).
    """
    verrouille = _verrouiller(auteur, projet)
    refuser_si_change(verrouille, auteur, vu)
    avant, apres = verrouille.etat, CYCLE_PROJET.franchir("declarer_recevable", verrouille.etat)
    if trouves := obstacles(points_controles(verrouille)):
        raise PassageRefuse(f"Le projet ne peut pas être déclaré recevable\u00a0: {', '.join(trouves)}.")
    _changer_d_etat(verrouille, apres)
    journaliser(
        auteur=auteur, acte="declarer_recevable", objet=verrouille, avant={"etat": avant}, apres={"etat": apres}
    )
    return verrouille


@transaction.atomic
def declarer_irrecevable(
    *, auteur: Personne, projet: Projet, motif: str, completable_jusqu_au: date | None = None, vu: int | None = None
) -> Irrecevabilite:
    """Le motif se fige, la lettre part par courriel et s’écrit en PDF. Une demande de complément échue se clôt.

    `completable_jusqu_au` : jusqu’à ce jour, le porteur peut reprendre son projet (`projets.actions.reprendre`).
    Lève `PermissionDenied`, `PassageRefuse` (état ; le porteur a encore le temps de compléter), `ValidationError`.
    """
    verrouille = _verrouiller(auteur, projet)
    refuser_si_change(verrouille, auteur, vu)
    avant, apres = verrouille.etat, CYCLE_PROJET.franchir("declarer_irrecevable", verrouille.etat)
    if refus := complement_encore_attendu(verrouille):
        raise PassageRefuse(refus)
    _demandes_en_cours(verrouille).update(repondue_le=timezone.now())
    instant = timezone.now()
    irrecevabilite = Irrecevabilite(
        projet=verrouille,
        motif=motif.strip(),
        contenu=contenu_de_la_lettre(
            verrouille,
            auteur=auteur,
            motif=motif.strip(),
            instant=instant,
            completable_jusqu_au=completable_jusqu_au,
        ),
        completable_jusqu_au=completable_jusqu_au,
        prononcee_par=auteur,
        prononcee_le=instant,
    )
    irrecevabilite.full_clean()
    irrecevabilite.save()
    _changer_d_etat(verrouille, apres)
    delai = {"completable_jusqu_au": completable_jusqu_au} if completable_jusqu_au else {}
    journaliser(
        auteur=auteur,
        acte="declarer_irrecevable",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": apres, "motif": irrecevabilite.motif, **delai},
    )
    for message in avis_d_irrecevabilite(irrecevabilite):
        deposer_courriel(message=message)
    transaction.on_commit(partial(lancer_la_lettre, irrecevabilite.pk))
    return irrecevabilite


@transaction.atomic
def rouvrir(*, auteur: Personne, projet: Projet, motif: str, vu: int | None = None) -> Projet:
    """L’irrecevabilité est levée, l’examen reprend ; le porteur lit le motif. Mêmes refus que les autres actes."""
    verrouille = _verrouiller(auteur, projet)
    refuser_si_change(verrouille, auteur, vu)
    avant, apres = verrouille.etat, CYCLE_PROJET.franchir("rouvrir", verrouille.etat)
    motif = exiger_un_motif(motif, LONGUEUR_D_UN_MOTIF)
    for irrecevabilite in verrouille.irrecevabilites.filter(levee_le__isnull=True):
        irrecevabilite.levee_par, irrecevabilite.levee_le = auteur, timezone.now()
        irrecevabilite.motif_de_la_levee = motif
        irrecevabilite.full_clean()
        irrecevabilite.save(update_fields=["levee_par", "levee_le", "motif_de_la_levee"])
    _changer_d_etat(verrouille, apres)
    journaliser(
        auteur=auteur,
        acte="rouvrir",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": apres, "motif": motif},
    )
    prevenir_l_autre_cote(verrouille, auteur, f"L’examen de «\u00a0{verrouille.intitule}\u00a0» est rouvert.")
    return verrouille


def complement_encore_attendu(projet: Projet) -> str:
    """Pourquoi une irrecevabilité est prématurée : le porteur a encore le temps de compléter. Vide sinon."""
    demande = _demandes_en_cours(projet).first()
    if demande is None or demande.est_en_retard:
        return ""
    return (
        f"Le porteur a jusqu’au {demande.echeance:%d/%m/%Y} pour compléter son projet. Attendez ce jour, ou levez "
        "la demande."
    )


def points_controles(projet: Projet) -> list[PointControle]:
    """Les points de l’appel, dans l’ordre, et la réponse de ce projet."""
    reponses = dict(projet.controles.values_list("point", "reponse"))
    points = projet.appel.points_de_recevabilite.order_by("ordre")
    return [PointControle(p.intitule, p.est_obligatoire, reponses.get(p.pk, "")) for p in points]


def _demandes_en_cours(projet: Projet) -> QuerySet[DemandeDeComplement]:
    return DemandeDeComplement.objects.filter(projet=projet, repondue_le__isnull=True)


def _verrouiller(auteur: Personne, projet: Projet) -> Projet:
    verrouille = Projet.objects.verrouille(projet.pk)
    if not instruit(auteur, verrouille):
        raise PermissionDenied
    return verrouille


def _changer_d_etat(projet: Projet, etat: str) -> None:
    projet.etat = etat
    projet.save(update_fields=["etat"])


def _garde(actuel: ControleDeRecevabilite | None) -> tuple[str, str]:
    return (actuel.reponse, actuel.precision) if actuel else ("", "")


def _est_changee(actuel: ControleDeRecevabilite | None, voulue: Reponse) -> bool:
    """Une réponse que la personne n’a pas touchée, ou que la base dit déjà, ne s’écrit pas."""
    return bool(voulue.reponse) and voulue.dit not in (voulue.lu, _garde(actuel))


def _refuser_les_collisions(actuels: Mapping[int, ControleDeRecevabilite], voulues: Mapping[int, Reponse]) -> None:
    """Un point a changé depuis que la page est ouverte : on ne l’écrase pas sans l’avoir lu."""
    ecrases = [actuels[pk] for pk, voulue in voulues.items() if pk in actuels and _garde(actuels[pk]) != voulue.lu]
    if not ecrases:
        return
    faits = [
        f"{actuel.par} a répondu «\u00a0{actuel.get_reponse_display()}\u00a0» à «\u00a0{actuel.point}\u00a0»"
        + (f" («\u00a0{actuel.precision}\u00a0»)" if actuel.precision else "")
        for actuel in ecrases
    ]
    a_jour = {f"lu_{actuel.point_id}": actuel.reponse for actuel in ecrases}
    a_jour |= {f"precision_lue_{actuel.point_id}": actuel.precision for actuel in ecrases}
    raise DejaChange(
        f"Rien n’est fait\u00a0: depuis que vous avez ouvert cette page, {', '.join(faits)}. Relisez, puis "
        "enregistrez de nouveau.",
        a_jour,
    )
