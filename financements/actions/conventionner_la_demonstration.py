"""Les conventions du programme de démonstration : signées sur papier en 2016, avant que l’application existe."""

from datetime import date

from django.conf import settings

from financements.actions.conventions.commun import jeton_neuf, modele_de
from financements.actions.conventions.rediger import numero_de_la_convention
from financements.chiffres.contenu_de_convention import empreinte_de
from financements.chiffres.conventions import actions_obligees
from financements.models import Action, Convention
from financements.rules.texte_de_convention import rediger
from financements.states.execution import EtatConvention
from projets.models import AppelAProjets

SIGNEE_PAR_L_ORGANISME, SIGNEE_PAR_LE_DEPARTEMENT = date(2016, 7, 6), date(2016, 7, 18)
SUR_PAPIER = (
    "Cette convention a été signée sur papier en 2016. Son texte est celui de l’exemplaire papier, conservé par le "
    "service ; cette fiche en garde le numéro et les dates."
)


def conventionner_la_demonstration(appel: AppelAProjets) -> int:
    """Une convention signée par action qui en demande une et n’en a pas ; rend leur nombre."""
    a_faire = actions_obligees(appel).exclude(pk__in=Convention.objects.values("action"))
    actions = list(a_faire.select_related("projet__organisme").order_by("projet__numero"))
    modele = modele_de(appel)
    articles = rediger([{"titre": "Exemplaire sur papier", "texte": SUR_PAPIER}], {})
    Convention.objects.bulk_create(
        (
            _signee(action, numero_de_la_convention(appel, modele.dernier_rang + rang), articles, appel)
            for rang, action in enumerate(actions, start=1)
        ),
        batch_size=1000,
    )
    modele.dernier_rang += len(actions)
    modele.save(update_fields=["dernier_rang"])
    return len(actions)


def _signee(action: Action, numero: str, articles: object, appel: AppelAProjets) -> Convention:
    projet = action.projet
    contenu = {
        "sorte": "convention",
        "titre": f"Convention n°\u00a0{numero}",
        "sous_titre": projet.intitule,
        "departement": settings.NOM_DEPARTEMENT,
        "appel": appel.intitule,
        "articles": articles,
        "annees": [],
        "budget": [],
        "signataires": [
            [f"Pour le {settings.NOM_DEPARTEMENT}", "Le président"],
            [f"Pour {projet.organisme.nom}", "Le représentant légal"],
        ],
        "modele": 0,
    }
    return Convention(
        action=action,
        numero=numero,
        etat=EtatConvention.SIGNEE,
        debut_le=date(appel.annee_debut, 1, 1),
        fin_le=date(appel.annee_fin, 12, 31),
        contenu=contenu,
        empreinte=empreinte_de(contenu),
        jeton=jeton_neuf(),
        signee_organisme_le=SIGNEE_PAR_L_ORGANISME,
        signee_departement_le=SIGNEE_PAR_LE_DEPARTEMENT,
        signataire_organisme="Le représentant légal",
        signataire_departement="Le président",
        notifiee_le=SIGNEE_PAR_LE_DEPARTEMENT,
    )
