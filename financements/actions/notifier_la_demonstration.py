"""Les lettres du programme de démonstration : notifiées en 2016, les unes lues, les autres postées."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comptes.actions.creer_personne import NouvellePersonne, creer_personne
from comptes.models import Organisme, Personne
from comptes.states import Role
from financements.actions.inserer import inserer
from financements.actions.lettres.ecrire import Ecrivain
from financements.demonstration.lettres import SANS_ADRESSE, SORTS, Sort, correspondant, rue
from financements.models import Action, Decision, Deliberation, LectureDeNotification, Notification, Recommande
from financements.states import Choix
from projets.models import AppelAProjets

PARIS = ZoneInfo("Europe/Paris")
TRANSMISE_LE, PUBLIEE_LE, NOTIFIEE_LE = date(2016, 6, 20), date(2016, 6, 22), date(2016, 6, 27)


def notifier_la_demonstration(appel: AppelAProjets) -> None:
    """Les lettres d’une délibération importée ; sans effet si elle est déjà notifiée, ou sans pilote."""
    premiere = Action.objects.select_related("deliberation").get(projet__appel=appel, projet__numero=1)
    deliberation = premiere.deliberation
    pilote = Personne.objects.filter(role=Role.PILOTE).order_by("pk").first()
    if pilote is None or Decision.objects.filter(deliberation=deliberation).exists():
        return
    actions = list(
        Action.objects.filter(deliberation=deliberation)
        .select_related("projet__organisme__commune", "projet__appel", "projet__axe")
        .prefetch_related("tranches")
        .order_by("projet__numero")
    )
    organismes = {action.projet.organisme_id: action.projet.organisme for action in actions}
    for action in actions:
        action.projet.organisme = organismes[action.projet.organisme_id]  # un seul objet par organisme : il va changer
    lecteurs = _correspondants(list(organismes.values()))
    deliberation.appel, deliberation.transmise_le, deliberation.publiee_le = appel, TRANSMISE_LE, PUBLIEE_LE
    deliberation.save(update_fields=["appel", "transmise_le", "publiee_le"])
    _poster(pilote, _notifier(pilote, deliberation, actions), actions, lecteurs)


def _correspondants(organismes: Sequence[Organisme]) -> dict[int, Personne]:
    """Une adresse à chaque organisme ; à ceux que l’on joint en ligne, un courriel et une personne qui lit."""
    lecteurs: dict[int, Personne] = {}
    for rang, organisme in enumerate(organismes):
        organisme.adresse = organisme.adresse or rue(rang)
        if SORTS[rang % len(SORTS)] == Sort.POSTE:
            organisme.adresse = organisme.adresse if rang % SANS_ADRESSE else ""
            continue
        prenom, nom, courriel = correspondant(rang)
        organisme.courriel = organisme.courriel or courriel
        organisme.representant_nom = organisme.representant_nom or f"{prenom} {nom}"
        deja = Personne.objects.filter(adhesions__organisme=organisme, is_active=True).order_by("pk").first()
        lecteurs[organisme.pk] = deja or creer_personne(
            auteur=None,
            nouvelle=NouvellePersonne(courriel, prenom, nom, Role.PORTEUR, organismes=[organisme]),
            mot_de_passe=None,
        )
    Organisme.objects.bulk_update(organismes, ["adresse", "courriel", "representant_nom"])
    return lecteurs


def _notifier(pilote: Personne, deliberation: Deliberation, actions: Sequence[Action]) -> list[int]:
    decisions = Decision.objects.bulk_create(
        Decision(deliberation=deliberation, projet=action.projet, sens=Choix.RETENU, prise_par=pilote)
        for action in actions
    )
    ecrivain = Ecrivain(decisions)
    lignes = []
    for decision, action in zip(decisions, actions, strict=True):
        contenu = ecrivain.contenu(decision, action.tranches.all())
        contenu["lettre"]["date"] = NOTIFIEE_LE.isoformat()
        courriel = action.projet.organisme.courriel
        lignes.append(
            {
                "decision_id": decision.pk,
                "contenu": contenu,
                "destinataires": [courriel] if courriel else [],
                "notifiee_le": _a_neuf_heures(NOTIFIEE_LE),
                "notifiee_par_id": pilote.pk,
            }
        )
    return inserer(Notification, lignes)


def _poster(
    pilote: Personne, notifications: Sequence[int], actions: Sequence[Action], lecteurs: dict[int, Personne]
) -> None:
    """Ce que chaque lettre est devenue : lue, pas encore, ou partie en recommandé, accusée ou non."""
    lectures: list[dict[str, Any]] = []
    for rang, (notification, action) in enumerate(zip(notifications, actions, strict=True)):
        lecteur = lecteurs.get(action.projet.organisme_id)
        jours = 1 + rang % 9
        if lecteur is None:
            recu_le = NOTIFIEE_LE + timedelta(days=jours) if rang % 2 else None
            numero = f"2C{140_000_000_00 + 7 * notification:011d}"
            Recommande.objects.create(notification_id=notification, numero=numero, recu_le=recu_le, saisi_par=pilote)
        elif rang % len(SORTS):  # une sur quatre n’est pas encore ouverte
            lue_le = _a_neuf_heures(NOTIFIEE_LE + timedelta(days=jours))
            lectures.append({"notification_id": notification, "personne_id": lecteur.pk, "lue_le": lue_le})
    inserer(LectureDeNotification, lectures)


def _a_neuf_heures(jour: date) -> datetime:
    return datetime.combine(jour, time(9), PARIS)
