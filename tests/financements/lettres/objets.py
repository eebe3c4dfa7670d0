"""Des lettres déjà notifiées, sans vote ni envoi : le petit monde de la table des accès, les grands nombres."""

from datetime import date
from decimal import Decimal

from django.core.files.base import ContentFile

from config.socle.travaux import EtatTravail
from financements.models import Decision, Deliberation, FichierDeLettre, LotDeLettres, Notification
from financements.notifications.decision import contenu_de
from financements.notifications.lettre import ecrire_la_lettre
from financements.rules.textes_des_lettres import FOURNIS
from financements.states import SorteDeLot
from projets.models import AppelAProjets, Projet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import DeliberationFactory
from tests.projets.fabriques import PDF_D_ESSAI, AppelFactory


def deliberation_executoire(appel: AppelAProjets, reference: str) -> Deliberation:
    """Transmise et publiée en 2016."""
    return DeliberationFactory(
        appel=appel, reference=reference, transmise_le=date(2016, 6, 20), publiee_le=date(2016, 6, 22)
    )


def lettre_notifiee(
    deliberation: Deliberation, projet: Projet, *, a_un_compte: bool = True, avec_fichier: bool = True
) -> Notification:
    """La décision « non retenu » de ce projet, et sa lettre."""
    decision = Decision.objects.create(
        deliberation=deliberation, projet=projet, sens="non_retenu", prise_par=PersonneFactory(pilote=True)
    )
    contenu = contenu_de(decision, []) | {"a_un_compte": a_un_compte, "total": str(Decimal(0))}
    contenu["lettre"] = ecrire_la_lettre(decision, contenu, FOURNIS["non_retenu"], None)
    adresses = ["organisme@exemple.fr"] if a_un_compte else []
    lettre = Notification.objects.create(decision=decision, contenu=contenu, destinataires=adresses)
    if avec_fichier:
        fichier = ContentFile(PDF_D_ESSAI, "l.pdf")
        FichierDeLettre.objects.create(notification=lettre, fichier=fichier, empreinte="a" * 64, pages=1)
    return lettre


def lettres_du_monde(appel: AppelAProjets, projet: Projet, autre: Projet) -> dict[str, int]:
    """La lettre du porteur, celle d’un autre, qui part en recommandé ; des lots que personne n’a demandés."""
    deliberation = deliberation_executoire(appel, "DLES/2016/202")
    lot = LotDeLettres.objects.create(deliberation=deliberation, sorte=SorteDeLot.ARCHIVE)
    fait = LotDeLettres.objects.create(
        deliberation=deliberation,
        sorte=SorteDeLot.IMPRESSION,
        etat=EtatTravail.TERMINE,
        lettres=1,
        taille=1,
        fichier=ContentFile(PDF_D_ESSAI, "l.pdf"),
    )
    return {
        "executoire": deliberation.pk,
        "ailleurs": DeliberationFactory(appel=AppelFactory(), reference="DLES/2016/203").pk,
        "lettre": lettre_notifiee(deliberation, projet).pk,
        "lettre_d_autrui": lettre_notifiee(deliberation, autre, a_un_compte=False).pk,
        "lot_en_vue": lot.pk,
        "lot_fait": fait.pk,
    }
