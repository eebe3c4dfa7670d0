"""Les lettres d’une délibération : lesquelles, combien lues, combien par la poste et à quelle adresse."""

from comptes.models import Organisme, Personne
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


def lettres_de(deliberation: Deliberation, personne: Personne | None) -> NotificationQuerySet:
    """Les notifications qui ont une lettre et que la personne voit, par numéro de projet. None : la machine."""
    siennes = Notification.objects.all() if personne is None else Notification.objects.visibles_par(personne)
    siennes = siennes.en_lettres().filter(decision__deliberation=deliberation)
    return siennes.order_by("decision__projet__numero")


def lettres_du_projet(projet_pk: int) -> list[Notification]:
    """Les lettres d’un projet, la dernière d’abord, avec leur lecture."""
    lettres = Notification.objects.en_lettres().filter(decision__projet=projet_pk).select_related("lecture")
    return list(lettres.order_by("-pk"))


def lettres_choisies(deliberation: Deliberation, choix: str, personne: Personne | None) -> NotificationQuerySet:
    """Celles que la personne voit. `choix` : une clé de `CHOIX_DE_LETTRES` ; toute autre ne choisit rien."""
    lettres = lettres_de(deliberation, personne)
    if choix not in CHOIX_DE_LETTRES:
        return lettres.none()
    if choix == RECOMMANDE:
        return lettres.en_recommande()
    if choix == NON_LUES:
        return lettres.non_lues()
    return lettres.filter(decision__sens=choix) if choix else lettres


def lettres_a_poster(deliberation: Deliberation, personne: Personne) -> NotificationQuerySet:
    """Celles que la poste porte, avec de quoi écrire l’adresse et suivre le recommandé."""
    lies = ("decision__projet__organisme__commune", "recommande")
    return lettres_choisies(deliberation, RECOMMANDE, personne).select_related(*lies)


def comptes_des_lettres(deliberation: Deliberation, personne: Personne) -> dict[str, int]:
    """`toutes`, `lues`, `non_lues`, `recommande`, et `recus`, les accusés de réception revenus."""
    lettres = lettres_de(deliberation, personne)
    return {
        "toutes": lettres.count(),
        "lues": lettres.filter(lecture__isnull=False).count(),
        "non_lues": lettres.non_lues().count(),
        "recommande": lettres.en_recommande().count(),
        "recus": lettres.filter(recommande__recu_le__isnull=False).count(),
    }
