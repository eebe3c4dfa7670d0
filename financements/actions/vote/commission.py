"""Ce que la commission permanente peut attribuer : l’autorisation d’engagement (AE) déjà votée, rien de plus."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from config.socle.montants import format_euros
from config.socle.transitions import PassageRefuse
from financements.imports.credits import besoin_d_affectation
from financements.models import Enveloppe

SINON = "Votez en assemblée, ou révisez d’abord l’AE."


def exiger_l_ae_votee(enveloppe: Enveloppe | None, jour: date, retenus: Mapping[int, Decimal]) -> None:
    """Les retenus (axe → euros) tiennent dans l’AE votée au plus tard `jour`, moins ce que prennent les autres votes.

    Une révision votée après `jour` ne compte pas si elle ajoute ; aucune dérogation n’y supplée. Lève `PassageRefuse`.
    À appeler l’enveloppe verrouillée. Source : CGCT L3211-2 (délégation à la commission permanente).
    """
    if enveloppe is None or enveloppe.votee_le is None:
        raise PassageRefuse(
            "La commission permanente attribue dans une autorisation d’engagement (AE) votée\u00a0: "
            + ("aucune enveloppe n’est votée" if enveloppe is None else "l’enveloppe n’a pas de date de vote")
            + " pour cet appel. Votez en assemblée."
        )
    if enveloppe.votee_le > jour:
        raise PassageRefuse(
            f"La commission permanente attribue dans une autorisation d’engagement (AE) déjà votée\u00a0: celle-ci "
            f"l’est le {enveloppe.votee_le:%d/%m/%Y}, après la délibération du {jour:%d/%m/%Y}. Votez en assemblée."
        )
    ae = _votee_au(enveloppe, jour)
    besoin = besoin_d_affectation(enveloppe.appel, dict(retenus))
    libre = (besoin.libre or Decimal(0)) - (enveloppe.montant_ae - ae)
    if (trop := besoin.total - libre) > 0:
        somme = sum(retenus.values(), Decimal(0))
        ailleurs = ae + trop - somme
        dont = f", dont {format_euros(ailleurs)} déjà pris par ailleurs" if ailleurs else ""
        raise PassageRefuse(
            f"Les projets retenus font {format_euros(somme)}, et l’autorisation d’engagement (AE) votée au "
            f"{jour:%d/%m/%Y} est de {format_euros(ae)}{dont}\u00a0: {format_euros(trop)} de trop pour la commission "
            f"permanente, dérogation ou non. {SINON}"
        )


def _votee_au(enveloppe: Enveloppe, jour: date) -> Decimal:
    """L’AE en euros ce jour-là, ou celle d’à présent si une révision l’a baissée depuis."""
    suivantes = enveloppe.revisions.filter(deliberation__adoptee_le__gt=jour).order_by("numero")
    alors = suivantes.values_list("ae_avant", flat=True).first()
    return enveloppe.montant_ae if alors is None else min(alors, enveloppe.montant_ae)
