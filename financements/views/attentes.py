"""Ce qu’un porteur doit encore faire de ses projets votés : lire, signer, répondre, rendre compte."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from comptes.models import Personne
from financements.models import Bilan, Convention, Notification, ProcedureContradictoire
from financements.states.execution import EtatBilan, EtatConvention, EtatProcedure
from projets.models import Projet


@dataclass(frozen=True, slots=True)
class AFaire:
    """Une chose à faire : le mot du lien, où il mène, le dernier jour s’il y en a un, passé ou non."""

    projet: Projet
    quoi: str
    adresse: str
    jusqu_au: date | None = None
    est_en_retard: bool = False


def a_faire_apres_le_vote(personne: Personne, jour: date) -> list[AFaire]:
    """De ses organismes : ce qui presse d’abord, puis ce qui n’a pas de terme. Quatre requêtes."""
    toutes = [*_procedures(personne, jour), *_bilans(personne, jour), *_lettres(personne), *_conventions(personne)]
    return sorted(toutes, key=lambda une: (une.jusqu_au is None, une.jusqu_au or jour, une.projet.pk))


def _procedures(personne: Personne, jour: date) -> Iterator[AFaire]:
    """Celles où l’organisme n’a pas encore été entendu."""
    ouvertes = ProcedureContradictoire.objects.visibles_par(personne).filter(etat=EtatProcedure.ENGAGEE)
    for une in ouvertes.select_related("action__projet__organisme", "action__projet__appel"):
        projet, terme = une.action.projet, None if une.attend_la_remise else une.repondre_avant
        adresse = reverse("financements:mes_versements", args=[projet.pk])
        quoi = f"vos observations sur une procédure\u00a0: {une.get_sorte_display()}"
        yield AFaire(projet, quoi, adresse, terme, terme is not None and terme < jour)


def _bilans(personne: Personne, jour: date) -> Iterator[AFaire]:
    attendus = Bilan.objects.visibles_par(personne).attendus()
    for un in attendus.select_related("action__projet__organisme", "action__projet__appel"):
        projet = un.action.projet
        adresse = reverse("financements:mon_bilan", args=[projet.pk, un.annee])
        verbe = "corriger" if un.etat == EtatBilan.A_CORRIGER else "rendre"
        yield AFaire(projet, f"bilan {un.annee} à {verbe}", adresse, un.du_le, un.est_en_retard(jour))


def _lettres(personne: Personne) -> Iterator[AFaire]:
    for une in (
        Notification.objects.visibles_par(personne)
        .en_lettres()
        .filter(lecture__isnull=True)
        .select_related("decision__projet__organisme", "decision__projet__appel")
    ):
        projet = une.decision.projet
        yield AFaire(projet, "lettre de décision à lire", reverse("financements:ma_lettre", args=[projet.pk, une.pk]))


def _conventions(personne: Personne) -> Iterator[AFaire]:
    a_signer = Convention.objects.visibles_par(personne).filter(etat=EtatConvention.EDITEE)
    for une in a_signer.select_related("action__projet__organisme", "action__projet__appel"):
        projet = une.action.projet
        yield AFaire(projet, "convention à signer", reverse("projets:mon_projet", args=[projet.pk]))
