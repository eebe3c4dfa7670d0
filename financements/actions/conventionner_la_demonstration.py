"""Les conventions du programme de démonstration : signées en 2016, sur le modèle de l’appel."""

from datetime import date

from django.db.models import prefetch_related_objects

from financements.actions.conventions.commun import jeton_neuf, modele_de
from financements.actions.conventions.rediger import numero_de_la_convention, part_de_l_aide
from financements.chiffres.contenu_de_convention import LUES, contenu_de_convention, empreinte_de
from financements.chiffres.conventions import actions_obligees
from financements.models import Action, Convention, ModeleDeConvention
from financements.states.execution import EtatConvention
from projets.models import AppelAProjets

SIGNEE_PAR_L_ORGANISME, SIGNEE_PAR_LE_DEPARTEMENT = date(2016, 7, 6), date(2016, 7, 18)


def conventionner_la_demonstration(appel: AppelAProjets) -> int:
    """Une convention signée par action qui en demande une et n’en a pas ; rend leur nombre."""
    a_faire = actions_obligees(appel).exclude(pk__in=Convention.objects.values("action"))
    lies = ("projet__organisme__commune", "projet__appel", "projet__axe", "deliberation")
    actions = list(a_faire.select_related(*lies).order_by("projet__numero"))
    for action in actions:
        action.projet.appel = appel  # un seul objet : sa règle de versement se lit une fois
    prefetch_related_objects(actions, *LUES)
    modele = modele_de(appel)
    Convention.objects.bulk_create(
        (
            _signee(action, numero_de_la_convention(appel, modele.dernier_rang + rang), modele)
            for rang, action in enumerate(actions, start=1)
        ),
        batch_size=1000,
    )
    modele.dernier_rang += len(actions)
    modele.save(update_fields=["dernier_rang"])
    return len(actions)


def _signee(action: Action, numero: str, modele: ModeleDeConvention) -> Convention:
    appel = action.projet.appel
    convention = Convention(
        action=action,
        numero=numero,
        etat=EtatConvention.SIGNEE,
        debut_le=date(appel.annee_debut, 1, 1),
        fin_le=date(appel.annee_fin, 12, 31),
        taux=part_de_l_aide(action),
        jeton=jeton_neuf(),
        signee_organisme_le=SIGNEE_PAR_L_ORGANISME,
        signee_departement_le=SIGNEE_PAR_LE_DEPARTEMENT,
        signataire_organisme="Le représentant légal",
        signataire_departement="Le président",
        notifiee_le=SIGNEE_PAR_LE_DEPARTEMENT,
    )
    convention.contenu = contenu_de_convention(convention, modele)
    convention.empreinte = empreinte_de(convention.contenu)
    return convention
