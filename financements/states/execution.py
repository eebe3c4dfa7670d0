"""Cycles de vie de l’exécution : convention, avenant, versement, titre, bilan. Des données, dont la doc est tirée."""

from django.db import models

from comptes.states import Role
from config.socle.transitions import CycleDeVie, Passage


class EtatConvention(models.TextChoices):
    PREPARATION = "preparation", "en préparation"
    EDITEE = "editee", "à signer"
    SIGNEE = "signee", "signée"
    SOLDEE = "soldee", "soldée"
    RESILIEE = "resiliee", "résiliée"
    CADUQUE = "caduque", "caduque"


class EtatAvenant(models.TextChoices):
    PREPARATION = "preparation", "en préparation"
    EDITE = "edite", "à signer"
    SIGNE = "signe", "signé"
    ABANDONNE = "abandonne", "abandonné"


class SorteDeLotDeConventions(models.TextChoices):
    """Ce qu’un lot fait à chaque convention d’une délibération."""

    EDITION = "edition", "édition"
    SIGNATURE = "signature", "signatures"


class EtatSignature(models.TextChoices):
    """Une demande de signature chez le prestataire."""

    A_ENVOYER = "a_envoyer", "en cours d’envoi"
    EN_ATTENTE = "en_attente", "en attente des signatures"
    SIGNEE = "signee", "signée des deux"
    REFUSEE = "refusee", "refusée"
    EXPIREE = "expiree", "expirée"
    ANNULEE = "annulee", "annulée"
    ECHOUEE = "echouee", "en échec"


class SorteDeTirage(models.TextChoices):
    """Ce que l’on tire : un PDF à part, une archive de tous, ou un seul fichier pour l’imprimante."""

    SEUL = "seul", "PDF"
    ARCHIVE = "archive", "archive des PDF (ZIP)"
    IMPRESSION = "impression", "fichier à imprimer"


class NatureDeMouvement(models.TextChoices):
    """Pourquoi l’engagement d’une action change."""

    INITIAL = "initial", "engagement initial"
    AVENANT = "avenant", "avenant"
    REPORT = "report", "report sur un autre exercice"
    REDUCTION = "reduction", "réduction"
    DEGAGEMENT = "degagement", "dégagement"


class NatureDeVersement(models.TextChoices):
    AVANCE = "avance", "avance"
    ACOMPTE = "acompte", "acompte"
    SOLDE = "solde", "solde"


class EtatVersement(models.TextChoices):
    PREVU = "prevu", "prévu"
    SUSPENDU = "suspendu", "suspendu"
    LIQUIDE = "liquide", "liquidé"
    MANDATE = "mandate", "mandaté"
    PAYE = "paye", "payé"
    REJETE = "rejete", "rejeté par le comptable"
    ANNULE = "annule", "annulé"


class EtatTitre(models.TextChoices):
    A_EMETTRE = "a_emettre", "à émettre"
    EMIS = "emis", "émis"
    RECOUVRE = "recouvre", "recouvré"
    ANNULE = "annule", "annulé"


class SorteDeProcedure(models.TextChoices):
    """Ce que la procédure contradictoire prépare."""

    SUSPENSION = "suspension", "suspension des versements"
    REDUCTION = "reduction", "réduction de l’aide"
    RETRAIT = "retrait", "retrait de l’aide"
    REVERSEMENT = "reversement", "reversement du trop-perçu"


class EtatProcedure(models.TextChoices):
    ENGAGEE = "engagee", "en attente d’observations"
    OBSERVEE = "observee", "observations reçues"
    DECIDEE = "decidee", "décidée"
    ABANDONNEE = "abandonnee", "abandonnée"


class EtatBilan(models.TextChoices):
    A_REMPLIR = "a_remplir", "à remplir"
    DEPOSE = "depose", "déposé"
    A_CORRIGER = "a_corriger", "à corriger"
    VALIDE = "valide", "validé"


AVENANTS_DITS = frozenset({EtatAvenant.EDITE.value, EtatAvenant.SIGNE.value})  # ceux que lit l’organisme
SIGNATURES_EN_COURS = frozenset({EtatSignature.A_ENVOYER.value, EtatSignature.EN_ATTENTE.value})
# Ce qui prend l’engagement et les crédits de l’année : liquidé, l’argent n’est plus disponible.
VERSEMENTS_COMPTES = frozenset(
    {EtatVersement.LIQUIDE.value, EtatVersement.MANDATE.value, EtatVersement.PAYE.value, EtatVersement.REJETE.value}
)
# Ce qui est parti chez le comptable : les mandats de l’année.
VERSEMENTS_MANDATES = frozenset({EtatVersement.MANDATE.value, EtatVersement.PAYE.value})
# Ce qui ne change plus de montant : un rejeté, lui, n’est pas parti et se liquide de nouveau.
VERSEMENTS_FIGES = VERSEMENTS_COMPTES - {EtatVersement.REJETE.value}
# Ce qui attend d’être liquidé.
VERSEMENTS_OUVERTS = frozenset({EtatVersement.PREVU.value, EtatVersement.SUSPENDU.value})
PROCEDURES_EN_COURS = frozenset({EtatProcedure.ENGAGEE.value, EtatProcedure.OBSERVEE.value})
CONVENTIONS_FINIES = frozenset({EtatConvention.RESILIEE.value, EtatConvention.CADUQUE.value})
BILANS_ATTENDUS = frozenset({EtatBilan.A_REMPLIR.value, EtatBilan.A_CORRIGER.value})
TITRES_COMPTES = frozenset({EtatTitre.EMIS.value, EtatTitre.RECOUVRE.value})

TONS_DES_CONVENTIONS: dict[str, str] = {
    EtatConvention.PREPARATION: "attente",
    EtatConvention.EDITEE: "attente",
    EtatConvention.SIGNEE: "favorable",
    EtatConvention.SOLDEE: "information",
    EtatConvention.RESILIEE: "defavorable",
    EtatConvention.CADUQUE: "defavorable",
}
TONS_DES_AVENANTS: dict[str, str] = {
    EtatAvenant.PREPARATION: "attente",
    EtatAvenant.EDITE: "attente",
    EtatAvenant.SIGNE: "favorable",
    EtatAvenant.ABANDONNE: "defavorable",
}
TONS_DES_SIGNATURES: dict[str, str] = {
    EtatSignature.A_ENVOYER: "attente",
    EtatSignature.EN_ATTENTE: "attente",
    EtatSignature.SIGNEE: "favorable",
    EtatSignature.REFUSEE: "defavorable",
    EtatSignature.EXPIREE: "defavorable",
    EtatSignature.ANNULEE: "information",
    EtatSignature.ECHOUEE: "defavorable",
}
TONS_DES_VERSEMENTS: dict[str, str] = {
    EtatVersement.PREVU: "attente",
    EtatVersement.SUSPENDU: "defavorable",
    EtatVersement.LIQUIDE: "information",
    EtatVersement.MANDATE: "information",
    EtatVersement.PAYE: "favorable",
    EtatVersement.REJETE: "defavorable",
}
TONS_DES_TITRES: dict[str, str] = {
    EtatTitre.A_EMETTRE: "attente",
    EtatTitre.EMIS: "information",
    EtatTitre.RECOUVRE: "favorable",
}
TONS_DES_PROCEDURES: dict[str, str] = {
    EtatProcedure.ENGAGEE: "attente",
    EtatProcedure.OBSERVEE: "information",
    EtatProcedure.DECIDEE: "defavorable",
    EtatProcedure.ABANDONNEE: "favorable",
}
TONS_DES_BILANS: dict[str, str] = {
    EtatBilan.A_REMPLIR: "attente",
    EtatBilan.DEPOSE: "information",
    EtatBilan.A_CORRIGER: "defavorable",
    EtatBilan.VALIDE: "favorable",
}

_C, _A, _V, _T, _B, _P = EtatConvention, EtatAvenant, EtatVersement, EtatTitre, EtatBilan, EtatProcedure
_S = EtatSignature
_FINANCES = frozenset({Role.FINANCES.value, Role.PILOTE.value})
_COMPTABLE = frozenset({Role.FINANCES.value})
_PORTEUR = frozenset({Role.PORTEUR.value})
_SUIVI = frozenset({Role.INSTRUCTEUR.value, Role.PILOTE.value, Role.FINANCES.value})


def _de(*etats: str) -> frozenset[str]:
    return frozenset(str(etat.value if isinstance(etat, models.TextChoices) else etat) for etat in etats)


def _etats(enumeration: type[models.TextChoices]) -> dict[str, str]:
    return {str(valeur): str(libelle) for valeur, libelle in enumeration.choices}


CYCLE_CONVENTION = CycleDeVie(
    nom="la convention",
    etats=_etats(EtatConvention),
    passages=(
        Passage("editer", _de(_C.PREPARATION), _C.EDITEE.value, _FINANCES, "éditer"),
        Passage("reprendre", _de(_C.EDITEE), _C.PREPARATION.value, _FINANCES, "reprendre la rédaction"),
        Passage("signer", _de(_C.EDITEE), _C.SIGNEE.value, _FINANCES, "enregistrer les signatures"),
        Passage("solder", _de(_C.SIGNEE), _C.SOLDEE.value, _FINANCES),
        Passage("resilier", _de(_C.SIGNEE), _C.RESILIEE.value, _FINANCES, "résilier"),
        Passage(
            "constater_la_caducite", _de(_C.EDITEE, _C.SIGNEE), _C.CADUQUE.value, _FINANCES, "constater la caducité"
        ),
    ),
)
CYCLE_AVENANT = CycleDeVie(
    nom="l’avenant",
    etats=_etats(EtatAvenant),
    passages=(
        Passage("editer", _de(_A.PREPARATION), _A.EDITE.value, _FINANCES, "éditer"),
        Passage("reprendre", _de(_A.EDITE), _A.PREPARATION.value, _FINANCES, "reprendre la rédaction"),
        Passage("signer", _de(_A.EDITE), _A.SIGNE.value, _FINANCES, "enregistrer les signatures"),
        Passage("abandonner", _de(_A.PREPARATION, _A.EDITE), _A.ABANDONNE.value, _FINANCES),
    ),
)
CYCLE_SIGNATURE = CycleDeVie(
    nom="la demande de signature",
    etats=_etats(EtatSignature),
    passages=(
        Passage("deposer", _de(_S.A_ENVOYER), _S.EN_ATTENTE.value, libelle="déposer chez le prestataire"),
        Passage("signer", _de(_S.EN_ATTENTE), _S.SIGNEE.value, libelle="recevoir les deux signatures"),
        Passage("refuser", _de(_S.EN_ATTENTE), _S.REFUSEE.value, libelle="constater un refus"),
        Passage("expirer", _de(_S.EN_ATTENTE), _S.EXPIREE.value, libelle="constater l’expiration"),
        Passage("annuler", _de(_S.A_ENVOYER, _S.EN_ATTENTE), _S.ANNULEE.value, _FINANCES),
        Passage("echouer", _de(_S.A_ENVOYER, _S.EN_ATTENTE), _S.ECHOUEE.value, libelle="échouer"),
    ),
)
CYCLE_VERSEMENT = CycleDeVie(
    nom="le versement",
    etats=_etats(EtatVersement),
    passages=(
        Passage("liquider", _de(_V.PREVU, _V.REJETE), _V.LIQUIDE.value, _COMPTABLE),
        Passage("revenir_sur_la_liquidation", _de(_V.LIQUIDE), _V.PREVU.value, _COMPTABLE, "annuler la liquidation"),
        Passage("mandater", _de(_V.LIQUIDE, _V.REJETE), _V.MANDATE.value, _COMPTABLE),
        Passage("payer", _de(_V.LIQUIDE, _V.MANDATE), _V.PAYE.value, _COMPTABLE, "constater le paiement"),
        Passage("rejeter", _de(_V.LIQUIDE, _V.MANDATE), _V.REJETE.value, _COMPTABLE, "constater le rejet"),
        Passage("suspendre", _de(_V.PREVU, _V.REJETE), _V.SUSPENDU.value, _FINANCES),
        Passage("reprendre", _de(_V.SUSPENDU), _V.PREVU.value, _FINANCES, "lever la suspension"),
        Passage("annuler", _de(_V.PREVU, _V.SUSPENDU, _V.REJETE), _V.ANNULE.value, _FINANCES),
    ),
)
CYCLE_TITRE = CycleDeVie(
    nom="le titre de recette",
    etats=_etats(EtatTitre),
    passages=(
        Passage("emettre", _de(_T.A_EMETTRE), _T.EMIS.value, _COMPTABLE, "constater l’émission"),
        Passage("recouvrer", _de(_T.EMIS), _T.RECOUVRE.value, _COMPTABLE, "constater le recouvrement"),
        Passage("annuler", _de(_T.A_EMETTRE, _T.EMIS), _T.ANNULE.value, _COMPTABLE),
    ),
)
CYCLE_PROCEDURE = CycleDeVie(
    nom="la procédure contradictoire",
    etats=_etats(EtatProcedure),
    passages=(
        Passage("observer", _de(_P.ENGAGEE), _P.OBSERVEE.value, _PORTEUR, "écrire des observations"),
        Passage("decider", _de(_P.ENGAGEE, _P.OBSERVEE), _P.DECIDEE.value, _FINANCES, "décider"),
        Passage("abandonner", _de(_P.ENGAGEE, _P.OBSERVEE), _P.ABANDONNEE.value, _FINANCES),
    ),
)
CYCLE_BILAN = CycleDeVie(
    nom="le bilan",
    etats=_etats(EtatBilan),
    passages=(
        Passage("deposer", _de(_B.A_REMPLIR, _B.A_CORRIGER), _B.DEPOSE.value, _PORTEUR, "déposer"),
        Passage("demander_une_correction", _de(_B.DEPOSE), _B.A_CORRIGER.value, _SUIVI, "demander une correction"),
        Passage("valider", _de(_B.DEPOSE), _B.VALIDE.value, _SUIVI),
        Passage("rouvrir", _de(_B.VALIDE), _B.A_CORRIGER.value, _FINANCES, "rouvrir"),
    ),
)
