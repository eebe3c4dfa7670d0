"""Les courriels d’un bilan : récépissé, correction demandée, relance."""

from collections.abc import Sequence

from django.urls import reverse

from comptes.models import Personne
from comptes.notifications.message import Message, adresse_entiere, composer
from financements.models import Bilan, CopieDeBilan


def page_du_bilan(bilan: Bilan) -> str:
    """L’adresse entière du bilan de l’organisme (lit `action`)."""
    return adresse_entiere(reverse("financements:mon_bilan", args=[bilan.action.projet_id, bilan.annee]))


def bilan_recu(copie: CopieDeBilan, adresse: str) -> Message:
    """Le récépissé d’un dépôt : date, version, empreinte."""
    bilan = copie.bilan
    return composer(
        app="financements",
        gabarit="bilan_recu",
        destinataire=adresse,
        objet=f"Bilan {bilan.annee} reçu : {bilan.action.projet.reference}",
        contexte={"copie": copie, "bilan": bilan, "projet": bilan.action.projet, "lien": page_du_bilan(bilan)},
    )


def correction_demandee(bilan: Bilan, adresse: str) -> Message:
    """Ce qui est à corriger, mot pour mot."""
    return composer(
        app="financements",
        gabarit="bilan_a_corriger",
        destinataire=adresse,
        objet=f"Bilan {bilan.annee} à corriger : {bilan.action.projet.reference}",
        contexte={"bilan": bilan, "projet": bilan.action.projet, "lien": page_du_bilan(bilan)},
    )


def relance_du_bilan(personne: Personne, bilans: Sequence[Bilan], jours: int) -> Message:
    """`bilans` : ceux de cette personne, de même échéance ; `jours` : autour de l’échéance, négatif avant elle."""
    du_le = bilans[0].du_le
    quand = f"à rendre pour le {du_le:%d/%m/%Y}" if jours < 0 else f"attendu depuis le {du_le:%d/%m/%Y}"
    combien = "Bilan" if len(bilans) == 1 else f"{len(bilans)} bilans"
    return composer(
        app="financements",
        gabarit="bilan_relance",
        destinataire=personne.email,
        objet=f"{combien} {bilans[0].annee} {quand}",
        contexte={
            "lignes": [(bilan, page_du_bilan(bilan)) for bilan in bilans],
            "du_le": du_le,
            "annee": bilans[0].annee,
            "est_passe": jours > 0,
        },
        cle=f"bilan-{personne.pk}-{du_le:%Y%m%d}-{jours}-{bilans[0].pk}-{len(bilans)}",
    )
