"""L’appel rejoué : ses dates, ses chiffres, et comment ses demandes s’écartent du programme voté. Des données."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
SLUG_EN_ARBITRAGE = "nord-2016-2018-arbitrage"
PREFIXE = "ARB16"
INTITULE = "Insertion des allocataires du RSA 2016-2018, rejoué au moment de l’arbitrage"
PRESENTATION = (
    "Appel de démonstration : le programme de 2016 tel qu’il se présentait avant le vote. Les projets retenus alors y "
    "demandent autant ou davantage, d’autres s’y ajoutent ; notes et avis sont rendus, l’enveloppe est celle du vote. "
    "Projets, montants, notes et avis sont inventés. Les organismes aussi, et ce ne sont pas ceux du programme voté : "
    "rien n’y double une aide déjà attribuée."
)
OUVRE_LE, FERME_LE = datetime(2016, 4, 1, 9, tzinfo=PARIS), datetime(2016, 4, 29, 17, tzinfo=PARIS)
COMITE_LE, DELIBERATION_LE = date(2016, 6, 2), date(2016, 6, 13)
# L’enveloppe est votée avec le budget, avant les actions.
DELIBERATION_DE_L_ENVELOPPE, ENVELOPPE_VOTEE_LE = "DLES/2016/102", date(2016, 3, 21)
NOTATIONS_ATTENDUES, ECART_DE_TROISIEME_AVIS = 2, 20  # points sur 100

NOMBRE = 1350
GRAINE = 2018
PREMIER_ORGANISME = 5_000  # rang du premier SIRET : bien après ceux du programme voté, même décuplé

# Par axe : projets que le programme n’a pas retenus, et ce qu’ils demandent en tout (centimes).
AUTRES = {
    1: (12, 110_000_000),
    2: (45, 200_000_000),
    3: (30, 310_000_000),
    4: (75, 330_000_000),
    5: (200, 905_000_000),
}
# Ceux-là cherchent d’abord les territoires déjà très demandés : effectifs × tant pour cent.
ATTRAITS = {"MLI": 170, "MRT": 180, "VAL": 120, "DOU": 80, "AVE": 70, "FLM": 60, "CAM": 40, "FLI": 30}
# Ce qu’un projet retenu demandait, en pour mille de ce qui a été voté : au moins, au plus, le plus souvent.
DEMANDE = (1_000, 1_400, 1_030)
DEMANDE_FORTE = (1_000, 1_500, 1_120)  # axe 5, et les territoires très demandés
TRES_DEMANDES = frozenset({"MLI", "MRT"})
AXE_TRES_DEMANDE = 5
DEMANDE_FAIBLE = (1_000, 1_200, 1_000)
PEU_DEMANDES = frozenset({"CAM", "FLI"})
AU_VOTE = 10  # projets sur cent qui ont tout obtenu

# Un autre financeur par projet : compte, nom, et s’il dit d’habitude oui d’avance. Il prend l’essentiel du reste.
FINANCEURS = (
    ("74etat", "DDCS du Nord", False),
    ("74region", "Hauts-de-France", False),
    ("74orgasoc", "CAF du Nord", True),
    ("74priv", "Fondation des Deux Rives", False),
    ("74asp", "", True),
)
PART_DU_FINANCEUR = 75  # % de ce que ne paient ni le département ni le FSE

# Total visé, points sur 100 : moyenne et écart type, pour qui fut retenu et pour les autres.
NIVEAU_DES_RETENUS, NIVEAU_DES_AUTRES = (71, 9), (48, 10)
NIVEAUX = (36, 94)  # bornes
# Montant proposé si l’avis est favorable : part de ce qui sépare le voté du demandé ; part du demandé pour les autres.
PART_DE_L_ECART, PART_DES_AUTRES = 90, 95  # %
PART_RESERVEE = 60  # % du montant favorable, si l’avis est réservé

# Sur 362 projets non retenus, ceux qui ne vont pas jusqu’au comité.
ETATS_DES_AUTRES = {"irrecevable": 6, "retire": 5, "classe": 4, "instruit": 25}
