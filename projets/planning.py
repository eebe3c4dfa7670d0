"""Les tâches périodiques : les appels s’ouvrent et se closent, les échéances se rappellent, les récépissés se font."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from config.socle.execution import executer, mettre_en_file, reprendre_les_muets
from config.socle.messages_en_file import attendus_par_tache
from projets.actions.avis_externe import relancer_les_avis_externes
from projets.actions.lots import faire_les_lignes
from projets.actions.publier_appel import suivre_l_horloge
from projets.actions.relancer import rappeler_les_echeances
from projets.actions.relancer_l_instruction import alerter_des_rejets, rappeler_les_complements
from projets.models import Depot, ExportDuJournal, Irrecevabilite, Lot
from projets.tasks import lancer_la_lettre, lancer_le_journal, produire_le_recepisse, rattraper_un_recepisse

GRACE = timedelta(minutes=2)  # le temps laissé à la file avant que la reprise périodique ne s’en mêle
PAR_PASSAGE = 200


@shared_task(name="projets.suivre_l_horloge")
def suivre_l_horloge_des_appels() -> None:
    """Toutes les minutes. L’état effectif d’un appel ne l’attend pas (`projets.rules.calendrier`)."""
    suivre_l_horloge(timezone.now())


@shared_task(name="projets.rappeler_les_echeances")
def rappeler() -> None:
    """Chaque heure ; un rappel déjà parti ne repart pas."""
    rappeler_les_echeances(timezone.now())


@shared_task(name="projets.relancer_les_avis_externes")
def relancer_les_avis() -> None:
    """Chaque heure ; un avis déjà relancé ne l’est pas de nouveau."""
    relancer_les_avis_externes(timezone.now())


@shared_task(name="projets.rappeler_l_instruction")
def rappeler_l_instruction() -> None:
    """Chaque heure : les compléments attendus ou en retard, les rejets implicites qui approchent ; une fois chacun."""
    instant = timezone.now()
    rappeler_les_complements(instant)
    alerter_des_rejets(instant)


@shared_task(name="projets.reprendre_les_recepisses")
def reprendre_les_recepisses() -> None:
    """Chaque minute ; un récépissé dont un message attend n’est pas remis en file."""
    rattraper_les_recepisses(timezone.now())


def rattraper_les_recepisses(instant: datetime) -> None:
    """Remet en file, derrière ce que l’on attend devant un écran, les récépissés que personne n’a produits.

    Aussi longue que soit la file, chacun y garde sa place, et n’y est qu’une fois.
    """
    attendus = attendus_par_tache()
    en_file = attendus[produire_le_recepisse.name] | attendus[rattraper_un_recepisse.name]
    oublies = Depot.objects.filter(recepisse__isnull=True, depose_le__lte=instant - GRACE).exclude(pk__in=en_file)
    for pk in oublies.order_by("pk").values_list("pk", flat=True)[:PAR_PASSAGE]:
        mettre_en_file(rattraper_un_recepisse, pk, "le récépissé du dépôt")


@shared_task(name="projets.reprendre_les_journaux")
def reprendre_les_journaux() -> None:
    """Remet en route les exports du journal que personne ne produit plus ; livrés deux fois, ils ne se font qu’une."""
    reprendre_les_muets(ExportDuJournal, lancer_le_journal)


@shared_task(name="projets.executer_un_lot")
def executer_un_lot(pk: int) -> None:
    """Fait les lignes du lot qui restent à faire. Livrée deux fois, la tâche ne fait rien la seconde."""
    with executer(Lot, pk) as en_main:
        if en_main is not None:
            faire_les_lignes(*en_main)


def lancer_un_lot(pk: int) -> None:
    """Met le lot dans la file. Si elle ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(executer_un_lot, pk, "le lot")


@shared_task(name="projets.reprendre_les_lots")
def reprendre_les_lots() -> None:
    """Remet en route les lots dont le processus est mort ou le message perdu."""
    reprendre_les_muets(Lot, lancer_un_lot)


@shared_task(name="projets.reprendre_les_lettres")
def reprendre_les_lettres() -> None:
    """Remet dans la file les lettres d’irrecevabilité que personne n’a produites."""
    oubliees = Irrecevabilite.objects.filter(fichier="", prononcee_le__lte=timezone.now() - GRACE)
    for pk in oubliees.order_by("pk").values_list("pk", flat=True)[:PAR_PASSAGE]:
        lancer_la_lettre(pk)
