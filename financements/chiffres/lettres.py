"""Les lettres d’une délibération : lesquelles, combien lues, combien par la poste et à quelle adresse."""

from comptes.models import Organisme
from financements.models import Deliberation, Notification
from financements.models.notification import NotificationQuerySet
from financements.rules.adresse_postale import AdressePostale, lire_l_adresse
from financements.states import Choix

RECOMMANDE = "recommande"  # celles que la poste porte
NON_LUES = "non_lues"  # celles que personne de l’organisme n’a ouvertes
CHOIX_DE_LETTRES: dict[str, str] = {
    "": "toutes les lettres",
    **{str(valeur): str(libelle) for valeur, libelle in Choix.choices},
    RECOMMANDE: "à envoyer en recommandé",
    NON_LUES: "pas encore lues",
}


def adresse_de(organisme: Organisme) -> AdressePostale:
    """L’adresse postale que l’organisme donne aujourd’hui (lit `commune`)."""
    commune = organisme.commune
    nom, codes = (commune.nom, commune.codes_postaux) if commune else ("", "")
    return lire_l_adresse(organisme.adresse_postale, nom, codes)


def lettres_de(deliberation: Deliberation) -> NotificationQuerySet:
    """Les notifications qui ont une lettre, par numéro de projet."""
    siennes = Notification.objects.en_lettres().filter(decision__deliberation=deliberation)
    return siennes.order_by("decision__projet__numero")


def lettres_du_projet(projet_pk: int) -> list[Notification]:
    """Les lettres d’un projet, la dernière d’abord, avec leur lecture."""
    lettres = Notification.objects.en_lettres().filter(decision__projet=projet_pk).select_related("lecture")
    return list(lettres.order_by("-pk"))


def lettres_choisies(deliberation: Deliberation, choix: str) -> NotificationQuerySet:
    """`choix` : une clé de `CHOIX_DE_LETTRES` ; toute autre ne choisit rien."""
    lettres = lettres_de(deliberation)
    if choix not in CHOIX_DE_LETTRES:
        return lettres.none()
    if choix == RECOMMANDE:
        return lettres.en_recommande()
    if choix == NON_LUES:
        return lettres.non_lues()
    return lettres.filter(decision__sens=choix) if choix else lettres


def lettres_a_poster(deliberation: Deliberation) -> NotificationQuerySet:
    """Celles que la poste porte, avec de quoi écrire l’adresse et suivre le recommandé."""
    lies = ("decision__projet__organisme__commune", "recommande")
    return lettres_choisies(deliberation, RECOMMANDE).select_related(*lies)


def comptes_des_lettres(deliberation: Deliberation) -> dict[str, int]:
    """`toutes`, `lues`, `non_lues`, `recommande`, et `recus`, les accusés de réception revenus."""
    lettres = lettres_de(deliberation)
    return {
        "toutes": lettres.count(),
        "lues": lettres.filter(lecture__isnull=False).count(),
        "non_lues": lettres.non_lues().count(),
        "recommande": lettres.en_recommande().count(),
        "recus": lettres.filter(recommande__recu_le__isnull=False).count(),
    }
