"""Le programme de démonstration : 988 actions inventées dont les totaux par axe sont ceux publiés.

Tout est tiré par règles d’une graine fixe, sans date du jour ni fichier extérieur : même graine, mêmes lignes.
Sont publiés : les cinq axes, le nombre d’actions et les crédits de chacun (Département du Nord, 25/07/2016).
Sont inventés : les actions, les organismes, les montants par année et par territoire, les effectifs.
"""
