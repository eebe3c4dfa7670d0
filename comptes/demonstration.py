"""Les comptes d’essai du mode démonstration : des données. Rien ici n’est lu en production."""

from dataclasses import dataclass

from comptes.states import Role

MOT_DE_PASSE_D_ESSAI = "mille-actions"


@dataclass(frozen=True, slots=True)
class CompteDEssai:
    """Un compte d’essai, et ce qu’il permet de voir."""

    email: str
    prenom: str
    nom: str
    role: Role
    propos: str


@dataclass(frozen=True, slots=True)
class InstructeurDEssai:
    """Un collègue d’Irène Instruit : même mot de passe, absent de la page de connexion."""

    email: str
    prenom: str
    nom: str
    territoires: tuple[str, ...]


INSTRUCTEURS_D_ESSAI = (
    InstructeurDEssai("nadia.benali@exemple.fr", "Nadia", "Benali", ("AVE", "CAM")),
    InstructeurDEssai("hugo.delattre@exemple.fr", "Hugo", "Delattre", ("FLI", "FLM")),
    InstructeurDEssai("sophie.carlier@exemple.fr", "Sophie", "Carlier", ("MLI", "MRT")),
    InstructeurDEssai("thomas.lemaire@exemple.fr", "Thomas", "Lemaire", ("MLI", "DOU", "VAL")),
)
PORTEUR_D_ESSAI = "porteur@exemple.fr"
COMPTES_D_ESSAI = (
    CompteDEssai(PORTEUR_D_ESSAI, "Paule", "Porteur", Role.PORTEUR, "les projets de son organisme"),
    CompteDEssai("instructeur@exemple.fr", "Irène", "Instruit", Role.INSTRUCTEUR, "les projets de ses territoires"),
    CompteDEssai("pilote@exemple.fr", "Pierre", "Pilote", Role.PILOTE, "tout le programme, imports et rapports"),
    CompteDEssai("finances@exemple.fr", "Fanny", "Finances", Role.FINANCES, "crédits, actions financées et rapports"),
    CompteDEssai("lecture@exemple.fr", "Lucien", "Lecture", Role.LECTURE, "les résultats, sans rien modifier"),
    CompteDEssai("admin@exemple.fr", "Adèle", "Admin", Role.ADMINISTRATEUR, "les comptes et l’administration"),
)
