"""La copie lisible d’un projet : chaque étape, chaque champ, en toutes lettres. Elle s’imprime et se fige au dépôt."""

from typing import Any

from django import forms
from django.utils import timezone

from projets.forms.dossier.copie_budget import copie_du_budget
from projets.forms.dossier.dossier import ETAPES, Dossier
from projets.forms.dossier.etape import EtapeForm, lisible
from projets.models import AppelAProjets
from projets.rules.copie import valeur_lisible, virgule


def copie(dossier: Dossier) -> dict[str, Any]:
    """Tout ce que le projet contient maintenant, en JSON ; les montants et les choix y sont lisibles."""
    projet, organisme = dossier.projet, dossier.projet.organisme
    budget: Any = dossier.enregistres["budget"]
    return {
        "intitule": dossier.donnees.intitule,
        "axe": str(dossier.donnees.axe),
        "appel": _appel(projet.appel),
        "organisme": {
            "nom": organisme.nom,
            "siret": organisme.siret or "",
            "rna": organisme.rna or "",
            "forme_juridique": organisme.get_forme_juridique_display(),
            "adresse": organisme.adresse,
            "adresse_postale": organisme.adresse_postale,
            "commune": str(organisme.commune or ""),
            "representant": ", ".join(filter(None, [organisme.representant_nom, organisme.representant_qualite])),
            "courriel": organisme.courriel,
            "telephone": organisme.telephone,
        },
        "etapes": [
            {"cle": etape.cle, "libelle": etape.libelle, "champs": _champs(dossier.enregistres[etape.cle])}
            for etape in ETAPES
        ],
        "budget": copie_du_budget(budget.budget),
        "pieces": dossier.donnees.pieces_figees(),
        "saisies": dossier.donnees.valeurs,
    }


def _appel(appel: AppelAProjets) -> dict[str, str]:
    return {
        "intitule": appel.intitule,
        "slug": appel.slug,
        "periode": appel.periode,
        "cloture": timezone.localtime(appel.ferme_le).isoformat(),
        "contact": appel.contact,
        "service": appel.service,
        "service_adresse": appel.service_adresse,
        "service_telephone": appel.service_telephone,
        "charge_du_dossier": appel.charge_du_dossier,
        "tribunal": appel.tribunal,
    }


def _champs(form: EtapeForm) -> list[dict[str, Any]]:
    """Les champs remplis qui comptent pour ce projet, dans l’ordre ; un champ vide ne dit rien."""
    tapees: Any = form.data
    return [
        {"cle": nom, "libelle": str(champ.label or nom), "valeur": _montrable(nom, champ, valeur)}
        for nom, champ in form.champs_de_la_copie().items()
        if (valeur := tapees.getlist(nom)) and any(valeur)
    ]


def _montrable(nom: str, champ: forms.Field, valeurs: list[str]) -> str:
    """En toutes lettres : ce qui est tapé reste, brut, dans les saisies de la copie."""
    texte = lisible(champ, valeurs if isinstance(champ, forms.MultipleChoiceField) else valeurs[-1])
    valeur = valeur_lisible(nom, texte)
    return virgule(valeur) if isinstance(champ, forms.DecimalField) else valeur
