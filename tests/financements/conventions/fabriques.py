"""Une action votée ici, sa délibération exécutoire, sa décision notifiée : de quoi conventionner."""

from datetime import date

from django.utils import timezone

from comptes.models import Personne
from comptes.states import FormeJuridique
from financements.actions.conventions.rediger import editer, preparer
from financements.actions.conventions.signer import Signatures, signer
from financements.models import Action, Convention, Decision, Deliberation, DemandeDeSignature, Notification
from financements.states import Choix
from financements.states.execution import SIGNATURES_EN_COURS, EtatConvention
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.financements.execution.fabriques import convention, programme

EXECUTOIRE = date(2016, 6, 20)


def votee_ici(action: Action, *, notifiee: bool = True, executoire: bool = True) -> Action:
    """Donne à l’action sa délibération, exécutoire depuis le 20 juin 2016, et sa décision, notifiée aujourd’hui."""
    appel = action.projet.appel
    jour = EXECUTOIRE if executoire else None
    deliberation, _ = Deliberation.objects.get_or_create(
        appel=appel,
        reference=f"DLES/2016/C{appel.pk}",
        defaults={"adoptee_le": date(2016, 6, 13), "transmise_le": jour, "publiee_le": jour},
    )
    action.deliberation = deliberation
    action.save()
    decision = Decision.objects.create(
        deliberation=deliberation, projet=action.projet, sens=Choix.RETENU, prise_par=PersonneFactory(pilote=True)
    )
    if notifiee:
        Notification.objects.create(decision=decision, contenu={})
    return action


def action_a_conventionner(*, notifiee: bool = True, executoire: bool = True, **champs) -> Action:
    """Une action de 30 000 € par an (2016 à 2018) à une association."""
    organisme = OrganismeFactory(
        forme_juridique=FormeJuridique.ASSOCIATION, courriel="contact@asso.exemple.fr", representant_nom="Zoé Petit"
    )
    valeurs = {"montant": "30000.00", "cp": "200000.00", "organisme": organisme} | champs
    return votee_ici(programme(1, **valeurs)[0], notifiee=notifiee, executoire=executoire)


def finances() -> Personne:
    """Une personne du service financier."""
    return PersonneFactory(role="finances")


def editee(auteur: Personne, **champs) -> Convention:
    """Une convention à signer."""
    return editer(auteur=auteur, convention=preparer(auteur=auteur, action=action_a_conventionner(**champs)))


class SansSuivi:
    """L’avancement n’est pas l’objet de l’essai."""

    def avancer(self, *_args: object, **_autres: object) -> None:
        """Rien."""


def octets(fichier) -> bytes:
    """Le contenu d’un fichier gardé."""
    with fichier.open("rb") as ouvert:
        return ouvert.read()


def signee(auteur: Personne, **champs) -> Convention:
    """Une convention signée des deux aujourd’hui."""
    convention = editee(auteur, **champs)
    jour = timezone.localdate()
    return signer(auteur=auteur, convention=convention, signatures=Signatures(jour, jour), version=convention.version)


def demande_a_l_etat(etat: str) -> DemandeDeSignature:
    """Une demande de signature qui a tout ce que chaque état exige."""
    une = convention(action_a_conventionner(), EtatConvention.EDITEE)
    return DemandeDeSignature.objects.create(
        convention=une,
        etat=etat,
        demandee_par=finances(),
        expire_le=timezone.localdate(),
        identifiant="P-1",
        deposee_le=timezone.now(),
        motif="Motif.",
        fichier="x.pdf",
        empreinte_signee="a" * 64,
        signee_organisme_le=timezone.localdate(),
        signee_departement_le=timezone.localdate(),
        conclue_le=None if etat in SIGNATURES_EN_COURS else timezone.now(),
    )
