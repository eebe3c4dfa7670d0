"""Le rapport part aux élus douze jours au moins avant la séance (CGCT L3121-19). Ni ORM ni Django.

En cas d’urgence, le président abrège ce délai, sans qu’il puisse être inférieur à un jour franc : un jour entier
s’écoule entre l’envoi et la séance.
"""

from datetime import date, timedelta

DELAI = timedelta(days=12)
DELAI_D_URGENCE = timedelta(days=2)  # un jour franc : ni celui de l’envoi ni celui de la séance ne comptent


class DelaiTropCourt(ValueError):
    """L’envoi est trop proche de la séance ; le message dit la règle et la première séance possible."""


def dernier_envoi(seance_le: date, *, est_urgent: bool = False) -> date:
    """Le dernier jour où le rapport peut partir pour une séance."""
    return seance_le - (DELAI_D_URGENCE if est_urgent else DELAI)


def verifier_l_envoi(envoye_le: date, seance_le: date, *, est_urgent: bool = False) -> None:
    """Lève `DelaiTropCourt`."""
    if envoye_le <= dernier_envoi(seance_le, est_urgent=est_urgent):
        return
    jours = (seance_le - envoye_le).days
    ecart = f"{jours} jour{'s' if jours > 1 else ''} avant la séance" if jours >= 0 else "après la séance"
    regle = "en urgence, un jour franc au moins" if est_urgent else "douze jours au moins, sauf urgence motivée"
    dernier = dernier_envoi(seance_le, est_urgent=est_urgent)
    raise DelaiTropCourt(
        f"Envoyé {ecart}\u00a0: il faut {regle} (CGCT L3121-19). Pour le {seance_le:%d/%m/%Y}, le dernier jour est le "
        f"{dernier:%d/%m/%Y}."
    )
