"""Ce qu’une notification garde d’une décision, et ses courriels : la lettre, puis la relance de qui ne l’a pas lue."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from comptes.notifications.message import Message, adresse_entiere, composer
from config.socle.montants import format_euros
from financements.models import Decision, Notification, Tranche
from financements.rules.lettres import texte_brut
from financements.states import OrigineScenario


def contenu_de(decision: Decision, tranches: Iterable[Tranche]) -> dict[str, Any]:
    """Ce que dit la notification, en textes : à garder avec elle. `tranches` : celles de l’action, s’il y en a une."""
    projet, deliberation = decision.projet, decision.deliberation
    lues = list(tranches)
    scenario = deliberation.scenario
    return {
        "reference": projet.reference,
        "intitule": projet.intitule,
        "appel": projet.appel.intitule,
        "sens": str(decision.sens),
        "montants": [[tranche.annee, format_euros(tranche.montant)] for tranche in lues],
        "total": format_euros(sum((tranche.montant for tranche in lues), start=Decimal(0))) if lues else "",
        "motif": decision.motif,
        "deliberation": deliberation.reference,
        "adoptee_le": deliberation.adoptee_le.isoformat(),
        "organe": deliberation.get_organe_display(),
        "service": projet.appel.service,
        "adresse": projet.appel.service_adresse,
        "telephone": projet.appel.service_telephone,
        "contact": projet.appel.contact,
        "tribunal": projet.appel.tribunal,
        # CRPA L311-3-1 : une décision prise sur un traitement algorithmique le dit.
        "est_calcule": scenario is not None and scenario.origine == OrigineScenario.CALCUL,
    }


def courriels_de(decision: Decision, contenu: dict[str, Any], adresses: Iterable[str]) -> list[Message]:
    """La lettre, par adresse ; une clé par envoi : jamais deux fois."""
    contexte = _contexte(decision, contenu)
    return [
        composer(
            app="financements",
            gabarit="decision",
            destinataire=adresse,
            objet=contenu["lettre"]["objet"],
            contexte=contexte,
            cle=f"decision-{decision.pk}-{rang}",
        )
        for rang, adresse in enumerate(adresses)
    ]


def relances_de(notification: Notification, adresses: Iterable[str], jour: date) -> list[Message]:
    """Dire que la lettre attend d’être lue ; une fois par jour au plus. Lit `decision`."""
    decision = notification.decision
    contexte = _contexte(decision, notification.contenu) | {"notifiee_le": notification.notifiee_le}
    return [
        composer(
            app="financements",
            gabarit="relance_de_lecture",
            destinataire=adresse,
            objet=f"À lire : {notification.lettre['objet']}",
            contexte=contexte,
            cle=cle_de_relance(notification.pk, jour, rang),
        )
        for rang, adresse in enumerate(adresses)
    ]


def cle_de_relance(notification: int, jour: date, rang: int = 0) -> str:
    """La clé du courriel d’une relance : celle du rang 0 existe dès qu’une relance est partie ce jour-là."""
    return f"relance-{notification}-{jour:%Y%m%d}-{rang}"


def _contexte(decision: Decision, contenu: dict[str, Any]) -> dict[str, Any]:
    return {
        "contenu": contenu,
        "lettre": contenu["lettre"],
        "texte": texte_brut(contenu["lettre"]["blocs"]),
        "lien": adresse_entiere(reverse("projets:projet", args=[decision.projet_id])),
    }
