"""Pourquoi un fichier est refusé."""

from django.core.exceptions import ValidationError


class Defaut(Exception):
    """Ce qui ne va pas, et quoi faire : la suite d’une phrase qui commence par le nom du fichier."""


class FichierRefuse(ValidationError):
    """Le fichier ne peut pas être reçu. Le message nomme le fichier, dit la raison et ce qui est attendu."""


ILLISIBLE = "est abîmé ou incomplet. Ouvrez-le sur votre poste, enregistrez-le de nouveau, puis recommencez."
PROTEGE = "est protégé (mot de passe ou restrictions). Enregistrez-le sans protection, puis recommencez."
