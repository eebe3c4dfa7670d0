"""Ce qu’une convention écrit : la valeur de chaque variable, les montants par année, le budget en annexe."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects

from config.socle.jours import jour
from config.socle.montants import INSECABLE, format_euros, format_nombre, format_pourcent
from financements.chiffres.tableaux import ZERO
from financements.models import Action, Avenant, Convention, ModeleDeConvention
from financements.models.deliberation import Deliberation
from financements.rules.texte_de_convention import rediger
from projets.models import LigneBudget, Projet
from projets.rules.lignes_cerfa import CHARGE, NATURES, PAR_COMPTE, PRODUIT

LUES = (
    "tranches",
    "projet__exercices",
    "projet__parts__territoire",
    "projet__lignes_budget",
    "projet__appel__regles_de_versement__etapes",
    "regle_de_versement__etapes",
)
VIDE = "(non renseigné)"  # un blanc se verrait moins qu’un mot, à la relecture
SANS_REGLE = "en une fois, après la signature de la convention."


def jour_lu(quand: date | None) -> str:
    """« 1er juillet 2016 » ; « (non renseigné) » si None."""
    return jour(quand) or VIDE


def contenu_de_convention(convention: Convention, modele: ModeleDeConvention) -> dict[str, Any]:
    """Le texte entier, prêt à figer (lit `action.projet` et ce qui en dépend). Lève `TexteRefuse`.

    De beaucoup à la fois, `LUES` se lit d’avance (`prefetch_related_objects`) : chacune ne coûte plus de requête.
    """
    action = convention.action
    prefetch_related_objects([action], *LUES)  # sans requête pour ce qui est déjà lu
    valeurs = valeurs_de(convention, modele)
    return {
        "sorte": "convention",
        "titre": f"Convention n°{INSECABLE}{convention.numero}",
        "sous_titre": action.projet.intitule,
        "departement": settings.NOM_DEPARTEMENT,
        "appel": action.projet.appel.intitule,
        "articles": rediger(modele.articles, valeurs),
        "annees": _annees(action),
        "budget": _budget(action.projet),
        "signataires": [
            [f"Pour le {settings.NOM_DEPARTEMENT}", modele.signataire],
            [f"Pour {action.projet.organisme.nom}", _representant(action.projet)],
        ],
        "modele": modele.version,
    }


def contenu_d_avenant(avenant: Avenant, modele: ModeleDeConvention) -> dict[str, Any]:
    """Le texte d’un avenant, prêt à figer (lit `convention.action.projet`, `deliberation`)."""
    convention, projet = avenant.convention, avenant.convention.action.projet
    articles = [
        (
            "Parties",
            f"La convention {convention.numero}, signée le {jour_lu(convention.signee_le)} entre le "
            f"{settings.NOM_DEPARTEMENT} et {projet.organisme.nom} pour l’action «\u00a0{projet.intitule}\u00a0», est "
            "modifiée comme suit.",
        ),
        ("Objet de l’avenant", avenant.objet),
    ]
    if avenant.montants_apres:
        lignes = "\n".join(
            f"{annee}\u00a0: {format_euros(Decimal(avenant.montants_avant.get(annee, '0')))} devient "
            f"{format_euros(Decimal(apres))}"
            for annee, apres in sorted(avenant.montants_apres.items())
            if apres != avenant.montants_avant.get(annee)
        )
        total = format_euros(sum(map(Decimal, avenant.montants_apres.values()), ZERO))
        articles.append(("Contribution du Département", f"{lignes}\nLa contribution totale devient {total} au plus."))
    if avenant.fin_le:
        articles.append(("Durée", f"La convention prend fin le {jour_lu(avenant.fin_le)}."))
    if avenant.deliberation:
        lue = avenant.deliberation
        articles.append(("Délibération", f"{lue.reference} du {jour_lu(lue.adoptee_le)}."))
    articles.append(("Autres dispositions", "Les autres dispositions de la convention ne changent pas."))
    return {
        "sorte": "avenant",
        "titre": f"Avenant n°{INSECABLE}{avenant.numero} à la convention n°{INSECABLE}{convention.numero}",
        "sous_titre": projet.intitule,
        "departement": settings.NOM_DEPARTEMENT,
        "appel": projet.appel.intitule,
        "articles": [{"titre": titre, "texte": texte} for titre, texte in articles],
        "annees": [],
        "budget": [],
        "signataires": [
            [f"Pour le {settings.NOM_DEPARTEMENT}", modele.signataire],
            [f"Pour {projet.organisme.nom}", _representant(projet)],
        ],
        "modele": modele.version,
    }


def empreinte_de(contenu: Mapping[str, Any]) -> str:
    """SHA-256 (hexadécimal) du texte figé : JSON à clés triées, sans blanc, en UTF-8."""
    texte = json.dumps(contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()


def valeurs_de(convention: Convention, modele: ModeleDeConvention) -> dict[str, str]:
    """Chaque variable permise et sa valeur ; « (non renseigné) » plutôt qu’un blanc."""
    action = convention.action
    projet, deliberation = action.projet, action.deliberation
    valeurs = {
        "numero": convention.numero or "(numéro donné à l’édition)",
        "departement": settings.NOM_DEPARTEMENT,
        "signataire": modele.signataire,
        "caduque_le": jour_lu(convention.caduque_le),
        "debut_le": jour_lu(convention.debut_le),
        "fin_le": jour_lu(convention.fin_le),
        "taux": format_pourcent(convention.taux, 2),
        "versements": _versements(action),
        **_valeurs_du_projet(projet),
        **_valeurs_des_montants(action),
        **_valeurs_de_la_deliberation(deliberation),
    }
    return {nom: valeur.strip() or VIDE for nom, valeur in valeurs.items()}


def _valeurs_du_projet(projet: Projet) -> dict[str, str]:
    organisme, appel = projet.organisme, projet.appel
    parts = sorted(projet.parts.all(), key=lambda part: (-part.pourcentage, part.territoire.nom_tri))
    immatriculation = f"SIRET {organisme.siret}" if organisme.siret else f"RNA {organisme.rna}"
    return {
        "service": appel.service,
        "service_adresse": appel.service_adresse,
        "contact": appel.contact,
        "tribunal": appel.tribunal or "tribunal administratif",
        "organisme": organisme.nom,
        "forme_juridique": organisme.get_forme_juridique_display(),
        "siret": immatriculation,
        "adresse": organisme.adresse or (organisme.commune.nom if organisme.commune else ""),
        "representant": organisme.representant_nom or "son représentant légal",
        "representant_qualite": organisme.representant_qualite or "dûment habilité",
        "appel": appel.intitule,
        "axe": f"axe {projet.axe.numero}, {projet.axe.intitule}",
        "reference": projet.reference,
        "intitule": projet.intitule,
        "territoires": ", ".join(f"{p.territoire.nom} {format_pourcent(p.pourcentage, 0)}" for p in parts),
        "allocataires": format_nombre(projet.allocataires_prevus),
    }


def _valeurs_des_montants(action: Action) -> dict[str, str]:
    tranches = [tranche for tranche in action.tranches.all() if tranche.montant]
    return {
        "annees": ", ".join(str(tranche.annee) for tranche in tranches),
        "cout": format_euros(cout_prevu(action)),
        "montant": format_euros(sum((tranche.montant for tranche in tranches), ZERO)),
        "montants": "\n".join(f"{tranche.annee}\u00a0: {format_euros(tranche.montant)}" for tranche in tranches),
    }


def _valeurs_de_la_deliberation(deliberation: Deliberation) -> dict[str, str]:
    return {
        "deliberation": deliberation.reference,
        "adoptee_le": jour_lu(deliberation.adoptee_le),
        "organe": deliberation.get_organe_display(),
        "executoire_le": jour_lu(deliberation.executoire_le or deliberation.adoptee_le),
    }


def cout_prevu(action: Action) -> Decimal:
    """Le coût de toutes les années du projet (euros)."""
    return sum((exercice.cout for exercice in action.projet.exercices.all()), ZERO)


def _representant(projet: Projet) -> str:
    nom, qualite = projet.organisme.representant_nom, projet.organisme.representant_qualite
    return ", ".join(filter(None, (nom, qualite))) or "Le représentant légal"


def _versements(action: Action) -> str:
    """La règle de l’action, à défaut celle de l’appel, une étape par ligne."""
    de_l_appel = action.projet.appel.regles_de_versement.all()
    regle = action.regle_de_versement or next((une for une in de_l_appel if une.est_par_defaut), None)
    if regle is None:
        return SANS_REGLE
    lignes = [etape.en_clair for etape in regle.etapes.all()]
    return "\u00a0;\n".join(lignes) + "." if lignes else SANS_REGLE


def _annees(action: Action) -> list[list[str]]:
    """[année, coût, aide], puis le total."""
    couts = {exercice.annee: exercice.cout for exercice in action.projet.exercices.all()}
    aides = {tranche.annee: tranche.montant for tranche in action.tranches.all()}
    lignes = [
        [str(annee), format_euros(couts.get(annee, ZERO)), format_euros(aides.get(annee, ZERO))]
        for annee in sorted(couts.keys() | aides.keys())
    ]
    total = ["Total", format_euros(sum(couts.values(), ZERO)), format_euros(sum(aides.values(), ZERO))]
    return [*lignes, total]


def _budget(projet: Projet) -> list[dict[str, Any]]:
    """Par année et par côté, les lignes du budget déposé ; vide s’il n’a pas été saisi ligne à ligne."""
    lignes = [ligne for ligne in projet.lignes_budget.all() if ligne.cote in (CHARGE, PRODUIT)]
    par_cote: dict[tuple[int, str], list[LigneBudget]] = defaultdict(list)
    for ligne in sorted(lignes, key=lambda une: (une.annee, une.cote, une.compte, une.rang)):
        par_cote[ligne.annee, ligne.cote].append(ligne)
    return [
        {
            "titre": f"{'Charges' if cote == CHARGE else 'Produits'} {annee}",
            "lignes": [[_libelle(ligne), format_euros(ligne.montant)] for ligne in siennes],
            "total": format_euros(sum(_montants(siennes), ZERO)),
        }
        for (annee, cote), siennes in par_cote.items()
    ]


def _montants(lignes: Iterable[LigneBudget]) -> Iterable[Decimal]:
    return (ligne.montant for ligne in lignes)


def _libelle(ligne: LigneBudget) -> str:
    nature = NATURES.get(ligne.compte)
    poste = PAR_COMPTE.get(ligne.compte)
    nom = ligne.precision or (nature.nom if nature and ligne.rang else poste.libelle if poste else "")
    return f"{ligne.compte} {nom}".strip()
