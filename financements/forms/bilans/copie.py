"""La copie lisible d’un bilan : tout ce qui s’y lit, en toutes lettres. Elle se fige au dépôt, la revue la montre."""

from typing import Any

from config.socle.montants import en_euros, format_euros, format_nombre
from financements.forms.bilans.donnees import DonneesDuBilan
from financements.forms.bilans.finances import FinancesForm
from financements.forms.bilans.resultats import ResultatsForm
from financements.forms.bilans.tableau import (
    Groupe,
    Montants,
    Tableau,
    explications,
    libelle_court,
    tableaux,
    tableaux_en_nature,
)
from financements.rules.effectifs import VIDE, Effectif

TEXTES = ("realisation", "resultats", "difficultes", "perspectives")


def copie_du_bilan(donnees: DonneesDuBilan, resultats: ResultatsForm, finances: FinancesForm) -> dict[str, Any]:
    """Le contenu, en JSON ; les montants et les effectifs y sont lisibles, les petits effectifs masqués."""
    projet, bilan = donnees.projet, donnees.bilan
    organisme = projet.organisme
    return {
        "annee": bilan.annee,
        "du_le": bilan.du_le.isoformat(),
        "reference": f"{projet.appel.prefixe}-{projet.numero:04}" if projet.appel.prefixe else str(projet.numero),
        "intitule": projet.intitule,
        "axe": str(projet.axe),
        "appel": {
            "intitule": projet.appel.intitule,
            "service": projet.appel.service,
            "contact": projet.appel.contact,
        },
        "organisme": {"nom": organisme.nom, "siret": organisme.siret or "", "rna": organisme.rna or ""},
        "textes": [
            {"libelle": str(resultats.fields[nom].label), "texte": texte}
            for nom in TEXTES
            if (texte := str(resultats.data.get(nom, "")).strip())
        ],
        "indicateurs": [
            {"libelle": un.libelle, "unite": un.unite, "prevu": prevu, "realise": _realise(resultats, champ.name)}
            for un, prevu, champ in resultats.lignes_des_indicateurs()
        ],
        "effectifs": _effectifs(donnees, resultats),
        "tableaux": [_tableau(un) for un in tableaux(finances)],
        "tableaux_en_nature": [_tableau(un) for un in tableaux_en_nature(finances) if un.total.realise],
        "explications": [
            {"poste": libelle_court(une.cle), "ecart": une.ecart, "texte": str(une.champ.value() or "").strip()}
            for une in explications(finances)
            if str(une.champ.value() or "").strip()
        ],
        "charges_indirectes": finances.brut("charges_indirectes"),
        "cout_propose": format_euros(en_euros(finances.compte_rendu.cout_eligible_propose())),
        "pieces": [
            {
                "intitule": str(piece.document),
                "nom": piece.document.nom,
                "octets": piece.document.taille,
                "empreinte": piece.document.empreinte,
            }
            for piece in bilan.pieces.all()
        ],
    }


def _realise(resultats: ResultatsForm, nom: str) -> str:
    lu = resultats.cleaned_data.get(nom)
    if isinstance(lu, Effectif):
        return str(lu)
    if lu is None:
        return ""
    return format_nombre(lu, 0 if lu == lu.to_integral_value() else 2)


def _effectifs(donnees: DonneesDuBilan, resultats: ResultatsForm) -> dict[str, Any]:
    total = resultats.cleaned_data.get("effectif_accompagnes", VIDE)
    return {
        "accompagnes": str(total),
        "prevus": format_nombre(donnees.projet.allocataires_prevus),
        "repartitions": [
            {
                "titre": titre,
                "parts": [
                    {"libelle": str(champ.label), "nombre": str(lu)}
                    for champ in champs
                    if (lu := resultats.cleaned_data.get(champ.name, VIDE)) != VIDE
                ],
            }
            for titre, champs in resultats.repartitions()
        ],
    }


def _tableau(tableau: Tableau) -> dict[str, Any]:
    """Les lignes prévues ou réalisées ; un poste garde son total."""
    return {
        "titre": tableau.titre,
        "lignes": [ligne for groupe in tableau.groupes for ligne in _lignes(groupe)],
        "total": _montants(tableau.total) | {"libelle": tableau.libelle_du_total},
        "resultat": _montants(tableau.resultat) | {"libelle": tableau.libelle_du_resultat}
        if tableau.resultat and (tableau.resultat.realise or tableau.resultat.prevu)
        else None,
    }


def _lignes(groupe: Groupe) -> list[dict[str, Any]]:
    lues = [r for r in groupe.rangees if r.montants.prevu or r.montants.realise]
    lignes: list[dict[str, Any]] = []
    if groupe.montants and lues:
        lignes.append(
            _montants(groupe.montants) | {"numero": groupe.numero, "libelle": groupe.libelle, "est_un_poste": True}
        )
    for rangee in lues:
        nom = rangee.place.nom
        if rangee.precision and rangee.precision.value():
            nom = f"{nom} : {rangee.precision.value()}"
        est_seule = groupe.montants is None
        lignes.append(
            _montants(rangee.montants) | {"numero": rangee.numero, "libelle": nom, "est_un_poste": est_seule}
        )
    return lignes


def _montants(montants: Montants) -> dict[str, str]:
    return {
        "prevu": montants.prevu_ecrit,
        "realise": montants.realise_ecrit,
        "ecart": montants.ecart_ecrit,
        "part": montants.part,
    }
