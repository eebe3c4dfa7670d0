"""Confier un projet, changer de chef de file, retirer une affectation, passer ses projets à un collègue."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.models import Personne
from comptes.states import Role
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.models import Affectation, Deport, Projet
from projets.models.affectation import AffectationQuerySet
from projets.permissions import instruit, peut_repartir
from projets.states import NON_DECIDES, Qualite
from territoires.models import Territoire


@transaction.atomic
def affecter(
    *,
    auteur: Personne,
    projet: Projet,
    instructeur: Personne,
    qualite: str = Qualite.CHEF_DE_FILE,
    territoire: Territoire | None = None,
) -> Affectation:
    """Confie le projet. Le même acte fait deux fois n’en fait qu’un.

    Le pilote confie à tout instructeur ; un instructeur prend pour lui ou, chef de file, associe un collègue qui voit
    déjà le projet. Lève `PermissionDenied` ; `PassageRefuse` si le projet est décidé, s’il a déjà un chef de file, ou
    si la personne n’instruit pas ou s’est déportée.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    _verifier_le_droit(auteur, verrouille, instructeur)
    _verifier_la_personne(verrouille, instructeur)
    en_cours = {a.instructeur_id: a for a in _actives(verrouille)}
    deja = en_cours.get(instructeur.pk)
    if deja and deja.qualite == qualite:
        return deja
    chef = next((a for a in en_cours.values() if a.qualite == Qualite.CHEF_DE_FILE), None)
    if chef and qualite == Qualite.CHEF_DE_FILE:
        raise PassageRefuse(f"Ce projet a déjà un chef de file : {chef.instructeur}.")
    if deja and deja.qualite == Qualite.CHEF_DE_FILE:
        raise PassageRefuse(f"{instructeur} est chef de file de ce projet : changez d’abord de chef de file.")
    if deja:
        _finir(deja, "devient chef de file")
    return _creer(auteur, verrouille, instructeur, qualite, territoire)


@transaction.atomic
def changer_de_chef_de_file(*, auteur: Personne, projet: Projet, instructeur: Personne, motif: str) -> Affectation:
    """Le chef de file en place laisse sa place ; le pilote le décide, ou le chef de file lui-même. Mêmes refus."""
    verrouille = Projet.objects.verrouille(projet.pk)
    chef = _actives(verrouille).filter(qualite=Qualite.CHEF_DE_FILE).first()
    _verifier_le_droit(auteur, verrouille, instructeur)
    if not peut_repartir(auteur) and chef is not None and chef.instructeur_id != auteur.pk:
        raise PermissionDenied
    _verifier_la_personne(verrouille, instructeur)
    if chef and chef.instructeur_id == instructeur.pk:
        return chef
    for finie in filter(None, (chef, _actives(verrouille).filter(instructeur=instructeur).first())):
        _finir(finie, motif.strip() or "change de chef de file")
    return _creer(auteur, verrouille, instructeur, Qualite.CHEF_DE_FILE, chef.territoire if chef else None, avant=chef)


@transaction.atomic
def retirer_l_affectation(*, auteur: Personne, affectation: Affectation, motif: str) -> Affectation:
    """Met fin à une affectation : le pilote, ou la personne qui rend le projet. Finie, elle n’est pas touchée.

    Lève `PermissionDenied`, `PassageRefuse` sans motif.
    """
    verrouille = Projet.objects.verrouille(affectation.projet_id)
    lue = Affectation.objects.select_for_update(of=("self",)).select_related("instructeur").get(pk=affectation.pk)
    if not instruit(auteur, verrouille) or not (peut_repartir(auteur) or lue.instructeur_id == auteur.pk):
        raise PermissionDenied
    if lue.fin is not None:
        return lue
    if not motif.strip():
        raise PassageRefuse("Dites pourquoi cette affectation prend fin.")
    _finir(lue, motif.strip())
    _consigner_la_fin(auteur, lue)
    return lue


@transaction.atomic
def passer(*, auteur: Personne, projet: Projet, de: Personne, a: Personne) -> Affectation:
    """Un collègue reprend le projet au même titre. Lève comme `affecter`, et si `de` ne suit pas le projet."""
    verrouille = Projet.objects.verrouille(projet.pk)
    if auteur.pk != de.pk and not peut_repartir(auteur):
        raise PermissionDenied
    lue = _actives(verrouille).filter(instructeur=de).first()
    if lue is None:
        raise PassageRefuse(f"{de} ne suit pas ce projet.")
    if not instruit(auteur, verrouille) or not (peut_repartir(auteur) or instruit(a, verrouille)):
        raise PermissionDenied
    _verifier_la_personne(verrouille, a)
    deja = _actives(verrouille).filter(instructeur=a).first()
    _finir(lue, f"passé à {a}")
    if deja and lue.qualite == Qualite.ASSOCIE:
        _consigner_la_fin(auteur, lue)
        return deja  # il le suivait déjà, au même titre ou en chef de file
    if deja:
        _finir(deja, "devient chef de file")
    return _creer(auteur, verrouille, a, lue.qualite, lue.territoire, avant=lue)


def finir_les_affectations(projet: Projet, personne: Personne, motif: str) -> int:
    """Met fin à ce que la personne suit du projet ; rend combien. À appeler projet verrouillé."""
    finies = list(_actives(projet).filter(instructeur=personne))
    for affectation in finies:
        _finir(affectation, motif)
    return len(finies)


def _actives(projet: Projet) -> AffectationQuerySet:
    return Affectation.objects.actives().filter(projet=projet).select_related("instructeur", "territoire")


def _finir(affectation: Affectation, motif: str) -> None:
    affectation.fin, affectation.motif_de_fin = timezone.now(), motif[:300]
    affectation.save(update_fields=["fin", "motif_de_fin"])


def _consigner_la_fin(auteur: Personne, finie: Affectation) -> None:
    avant = {"instructeur": str(finie.instructeur), "qualite": finie.qualite}
    apres = {"motif": finie.motif_de_fin}
    journaliser(auteur=auteur, acte="retirer_l_affectation", objet=finie.projet, avant=avant, apres=apres)


def _creer(
    auteur: Personne,
    projet: Projet,
    instructeur: Personne,
    qualite: str,
    territoire: Territoire | None,
    avant: Affectation | None = None,
) -> Affectation:
    """`avant` : l’affectation finie à laquelle celle-ci succède ; qui l’avait est prévenu, le journal dit pourquoi."""
    affectation = Affectation(
        projet=projet, instructeur=instructeur, qualite=qualite, territoire=territoire, affecte_par=auteur
    )
    affectation.full_clean()
    affectation.save()
    apres = {"instructeur": str(instructeur), "qualite": qualite}
    if avant is None:
        journaliser(auteur=auteur, acte="affecter", objet=projet, apres=apres)
    else:
        qui = {"instructeur": str(avant.instructeur), "qualite": avant.qualite}
        apres |= {"motif": avant.motif_de_fin}
        journaliser(auteur=auteur, acte="affecter", objet=projet, avant=qui, apres=apres)
    lien = reverse("projets:projet", args=[projet.pk])
    if instructeur.pk != auteur.pk:
        texte = f"{auteur} vous confie « {projet.intitule} » ({affectation.get_qualite_display()})."
        prevenir(personnes=[instructeur], texte=texte, lien=lien)
    if avant and avant.instructeur_id != auteur.pk:
        texte = (
            f"{auteur} confie « {projet.intitule} », que vous suiviez, à {instructeur}\u00a0: {avant.motif_de_fin}."
        )
        prevenir(personnes=[avant.instructeur], texte=texte, lien=lien)
    return affectation


def _verifier_le_droit(auteur: Personne, projet: Projet, instructeur: Personne) -> None:
    if not instruit(auteur, projet):
        raise PermissionDenied
    if peut_repartir(auteur) or auteur.pk == instructeur.pk:
        return
    est_chef = _actives(projet).filter(instructeur=auteur, qualite=Qualite.CHEF_DE_FILE).exists()
    if not est_chef or not instruit(instructeur, projet):
        raise PermissionDenied


def _verifier_la_personne(projet: Projet, instructeur: Personne) -> None:
    if projet.etat not in NON_DECIDES:
        raise PassageRefuse(f"Ce projet est « {projet.get_etat_display()} » : il ne se confie plus.")
    if instructeur.role != Role.INSTRUCTEUR or not instructeur.is_active:
        raise PassageRefuse(f"{instructeur} n’instruit pas de projet.")
    if Deport.objects.en_cours().filter(projet=projet, personne=instructeur).exists():
        raise PassageRefuse(f"{instructeur} s’est déporté de ce projet.")
