"""Qui entre où, du côté des projets."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from comptes.models import Organisme, Personne
from comptes.permissions import adhesion_de, est_porteur
from comptes.states import Role
from projets.models import Absence, Affectation, AppelAProjets, Deport, Notation, PartProjet, Projet, Prolongation
from projets.rules import calendrier
from projets.states import NOTABLES, NOTES_ARRETEES
from territoires.models import Territoire


def note(personne: Personne, projet: Projet) -> bool:
    """Un instructeur du projet. Le pilote voit toutes les notes : il ne note pas."""
    return personne.role == Role.INSTRUCTEUR and instruit(personne, projet)


def lit_les_notations(personne: Personne, projet: Projet) -> bool:
    """Le pilote ; un instructeur du projet une fois sa notation rendue, ou les notes arrêtées : chacun note seul."""
    return instruit(personne, projet) and notations_sont_ouvertes(personne, projet)


def notations_sont_ouvertes(personne: Personne, projet: Projet) -> bool:
    """La même chose, pour un projet déjà trouvé parmi ceux que la personne instruit."""
    return lit_sans_noter(personne, projet) or _a_rendu_sa_notation(personne, projet)


def lit_sans_noter(personne: Personne, projet: Projet) -> bool:
    """Ce projet-là se lit entier qu’on l’ait noté ou non : le pilote, ou les notes sont arrêtées."""
    return personne.role == Role.PILOTE or projet.etat not in NOTABLES or projet.appel.etat in NOTES_ARRETEES


def _a_rendu_sa_notation(personne: Personne, projet: Projet) -> bool:
    return Notation.objects.rendues().filter(projet=projet, instructeur=personne).exists()


def journal_est_partiel(personne: Personne, projet: Projet) -> bool:
    """Un instructeur qui n’a pas rendu sa notation n’y lit pas celles des autres, qu’il y en ait ou non."""
    return personne.role == Role.INSTRUCTEUR and not notations_sont_ouvertes(personne, projet)


def territoires_associes(personne: Personne, projet: Projet) -> list[Territoire]:
    """Les territoires d’un projet partagé au nom desquels un instructeur donne un avis consultatif."""
    if personne.role != Role.INSTRUCTEUR or len(projet.parts.all()) < 2:  # noqa: PLR2004 (partagé)
        return []
    return list(personne.territoires.filter(parts_projets__projet=projet).order_by("code"))


def conduit_l_instruction(personne: Personne) -> bool:
    """Présenter au comité, lire les notes de chacun : le pilote."""
    return personne.role == Role.PILOTE


def suit_un_projet(personne: Personne) -> bool:
    """A une fiche de projet, ce qui a été déposé et son récépissé : le porteur les siens, l’instruction les autres."""
    return est_porteur(personne) or peut_suivre_l_instruction(personne)


def echange_sur(personne: Personne, projet: Projet) -> bool:
    """Écrit et lit les messages d’un projet déposé : les membres de l’organisme, et ceux qui l’instruisent."""
    if est_porteur(personne):
        return bool(projet.numero) and adhesion_de(personne, projet.organisme) is not None
    return instruit(personne, projet)


def instruit(personne: Personne, projet: Projet) -> bool:
    """Un pilote, ou un instructeur d’un territoire du projet, une fois le projet déposé."""
    return peut_suivre_l_instruction(personne) and Projet.objects.visibles_par(personne).filter(pk=projet.pk).exists()


def peut_classer(personne: Personne) -> bool:
    """Classer sans suite : le pilote."""
    return personne.role == Role.PILOTE


def classe_sans_suite(personne: Personne, projet: Projet) -> bool:
    """Le pilote, sur un projet déposé qu’il voit."""
    return peut_classer(personne) and instruit(personne, projet)


def instructeurs_de(projet: Projet, jour: date | None = None) -> QuerySet[Personne]:
    """Qui instruit ce projet ce jour-là (aujourd’hui) : les pilotes, les instructeurs de ses territoires, ceux à qui
    il est confié et qui remplace l’un de ceux-là, absent. Comptes ouverts seulement, et jamais qui s’en est déporté.
    """
    ecartes = Deport.objects.en_cours().filter(projet=projet).values("personne")
    du_territoire = PartProjet.objects.filter(projet=projet).values("territoire__instructeurs")
    suivent = Q(role=Role.INSTRUCTEUR) & (Q(pk__in=du_territoire) | _a_qui_il_est_confie(projet, jour))
    return Personne.objects.filter(Q(role=Role.PILOTE) | suivent, is_active=True).exclude(pk__in=ecartes)


def charges_de(projet: Projet, jour: date | None = None) -> QuerySet[Personne]:
    """Les instructeurs que l’on prévient de ce qui arrive à ce projet, parmi `instructeurs_de` : ceux à qui il est
    confié et le remplaçant d’un absent ; tous ceux de ses territoires s’il n’est confié à personne de présent.
    """
    instructeurs = instructeurs_de(projet, jour).filter(role=Role.INSTRUCTEUR)
    confie = instructeurs.filter(_a_qui_il_est_confie(projet, jour))
    absents = Absence.objects.en_cours(jour or timezone.localdate()).values("personne")
    return confie if confie.exclude(pk__in=absents).exists() else instructeurs


def a_prevenir(projet: Projet, personne: Personne) -> list[Personne]:
    """Cette personne si elle instruit encore le projet ; sinon ceux qui en sont chargés ; à défaut les pilotes."""
    instruisent = instructeurs_de(projet)
    return list(instruisent.filter(pk=personne.pk)) or list(charges_de(projet)) or list(instruisent)


def _a_qui_il_est_confie(projet: Projet, jour: date | None) -> Q:
    suivent = Affectation.objects.actives().filter(projet=projet).values("instructeur")
    absences = Absence.objects.en_cours(jour or timezone.localdate()).filter(personne__in=suivent)
    return Q(pk__in=suivent) | Q(pk__in=absences.values("remplacant"))


def peut_suivre_l_instruction(personne: Personne) -> bool:
    """La file d’instruction est celle des instructeurs et des pilotes."""
    return personne.role in {Role.INSTRUCTEUR, Role.PILOTE}


def lit_les_journaux(personne: Personne) -> bool:
    """Le journal d’un projet : qui l’instruit, et l’administrateur, qui lit déjà tout le journal."""
    return personne.role in {Role.INSTRUCTEUR, Role.PILOTE, Role.ADMINISTRATEUR}


def peut_repartir(personne: Personne) -> bool:
    """Confier les projets des autres, les répartir, lever un déport : le pilote."""
    return personne.role == Role.PILOTE


def peut_lire_les_reglages(personne: Personne) -> bool:
    """Les réglages d’un appel : le pilote les fait, l’administrateur les lit."""
    return personne.role in {Role.PILOTE, Role.ADMINISTRATEUR}


def peut_regler_les_appels(personne: Personne) -> bool:
    """Créer, copier, régler, publier, prolonger : le pilote."""
    return personne.role == Role.PILOTE


def depot_est_possible(appel: AppelAProjets, organisme: Organisme, instant: datetime) -> bool:
    """Vrai si cet organisme peut déposer sur cet appel à cet instant (celui du serveur), prolongation comprise.

    L’acte de dépôt l’appelle sur un appel verrouillé : ce qui est vrai ici le reste jusqu’à la fin de sa transaction.
    """
    prolonge = Prolongation.objects.fin_pour(appel, organisme)
    return calendrier.depot_est_possible(appel.calendrier, instant, prolonge)
