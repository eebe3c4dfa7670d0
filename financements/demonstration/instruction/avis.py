"""Ce que les instructeurs écrivent des projets inventés : justifications par note, motifs par avis, conditions."""

from projets.states import SensDeLAvis

JUSTIFICATIONS: dict[int, tuple[str, ...]] = {
    0: ("Rien n’est dit sur ce point.",),
    1: ("Trop général : ni chiffres ni exemples.", "Ne répond pas à ce que l’appel demande."),
    2: ("Intention claire, moyens peu décrits.", "Quelques éléments, sans mesure prévue."),
    3: ("Conforme à ce que l’appel attend.", "Correct ; reste à préciser les étapes.", "Cohérent, sans plus."),
    4: ("Précis et chiffré.", "Solide, déjà éprouvé sur le territoire.", "Bien argumenté, partenaires nommés."),
    5: ("Exemplaire : besoin établi, moyens et mesures en regard.", "Ce que l’on attend de mieux sur ce critère."),
}
COMMENTAIRES = ("", "", "À revoir avec le référent du territoire.", "", "Dossier complet et lisible.")
MOTIFS: dict[str, tuple[str, ...]] = {
    SensDeLAvis.FAVORABLE: (
        "L’action répond à un besoin établi du territoire, avec une méthode éprouvée et un coût par allocataire "
        "proche de la médiane de l’axe.",
        "Projet solide, partenaires engagés, résultats mesurables. Le montant est ajusté au calendrier réel.",
    ),
    SensDeLAvis.RESERVE: (
        "L’intérêt est réel mais les effectifs paraissent optimistes : le montant suit une montée en charge.",
        "Une action voisine existe sur le territoire : à articuler avant de financer en entier.",
    ),
    SensDeLAvis.DEFAVORABLE: (
        "Le besoin n’est pas établi et la méthode reste générale ; le projet pourra être représenté, mieux appuyé.",
        "L’action relève d’un autre financeur et n’ajoute rien à l’offre du territoire.",
    ),
}
CONDITIONS = (
    "Fournir le bilan de l’année écoulée avant le premier versement.",
    "Signer une convention avec les référents du territoire.",
    "",
)
