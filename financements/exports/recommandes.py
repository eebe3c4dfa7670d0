"""La liste des recommandés en CSV : prête pour le publipostage et le bordereau de dépôt."""

from typing import Any, BinaryIO

from django.utils import timezone

from config.socle.ecriture import Champ, Genre, csv_au_fil
from financements.chiffres.lettres import adresse_de
from financements.exports.feuille import au_compte
from financements.models import Notification
from financements.models.notification import NotificationQuerySet

PAR_LOT = 500

CHAMPS = (
    Champ("N° de projet", Genre.TEXTE, 14),
    Champ("Destinataire", Genre.TEXTE, 40),
    Champ("À l’attention de", Genre.TEXTE, 30),
    Champ("Adresse", Genre.TEXTE, 40),
    Champ("Code postal", Genre.TEXTE, 12),
    Champ("Ville", Genre.TEXTE, 30),
    Champ("Adresse entière", Genre.TEXTE, 12),
    Champ("Décision", Genre.TEXTE, 16),
    Champ("Notifiée le", Genre.JOUR, 14),
    Champ("N° de recommandé", Genre.TEXTE, 18),
    Champ("Accusé de réception du", Genre.JOUR, 14),
)


def adresse_pour_la_poste(notification: Notification) -> dict[str, Any]:
    """Celle de la lettre ; si elle n’était pas entière, celle que l’organisme donne aujourd’hui.

    Avec `est_entiere`. Lit `decision.projet.organisme.commune`.
    """
    figee = notification.lettre["destinataire"]
    adresse = {nom: figee[nom] for nom in ("rue", "code_postal", "ville")}
    if not all(adresse.values()):
        actuelle = adresse_de(notification.decision.projet.organisme)
        adresse = actuelle.en_json() if actuelle.est_entiere else adresse
    return adresse | {"est_entiere": all(adresse.values())}


def ecrire_les_recommandes(fichier: BinaryIO, lettres: NotificationQuerySet, nombre: int) -> None:
    """Une ligne par lettre. `lettres` : `recommande` et `decision__projet__organisme__commune` chargés.

    Lève `ExportIncomplet` si elles ne sont pas `nombre` : ce qui est écrit est à jeter.
    """
    fichier.writelines(csv_au_fil(CHAMPS, map(_rangee, au_compte(lettres.iterator(PAR_LOT), nombre))))


def _rangee(lettre: Notification) -> list[Any]:
    destinataire, adresse = lettre.lettre["destinataire"], adresse_pour_la_poste(lettre)
    recommande = getattr(lettre, "recommande", None)
    return [
        lettre.lettre["numero"],
        destinataire["nom"],
        destinataire["representant"],
        adresse["rue"],
        adresse["code_postal"],
        adresse["ville"],
        "oui" if adresse["est_entiere"] else "non",
        lettre.decision.get_sens_display(),
        timezone.localdate(lettre.notifiee_le),
        recommande.numero if recommande else "",
        recommande.recu_le if recommande else None,
    ]
