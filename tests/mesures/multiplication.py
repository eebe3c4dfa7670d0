"""Multiplier un programme dans la base, ligne pour ligne : ce que son générateur ne tire pas, faute d’organismes."""

from django.db import connection, models, transaction

from financements.models import Action, ContrepartieFse, MouvementDEngagement, PartTranche, Tranche, Versement
from projets.actions.creer_appel import NouvelAxe, creer_appel
from projets.models import AppelAProjets, Axe, ExerciceProjet, PartProjet, Projet
from projets.states import Volet
from tests.mesures.donnees import mesurer_les_tables

MILLE = 1000  # plus que de numéros dans le programme : la copie k d’un numéro est k × 1 000 plus loin
_PROJET = "JOIN projets_projet n ON n.appel_id = {appel} AND n.numero %% 1000 = p.numero"
_ACTION = f"{_PROJET} JOIN financements_action na ON na.projet_id = n.id"


@transaction.atomic
def multiplier(source: AppelAProjets, facteur: int) -> AppelAProjets:
    """L’appel `<série>-<facteur>` : `facteur` copies de chaque action exécutée de `source` ; sans enveloppe."""
    appel = _appel(source, facteur)
    with (
        connection.cursor() as curseur
    ):  # des copies de lignes déjà contrôlées : un demi-million de contrôles en moins
        curseur.execute("SET LOCAL session_replication_role = replica; SET LOCAL enable_nestloop = off")
    _copier(
        Projet,
        "FROM projets_projet s CROSS JOIN generate_series(0, {facteur} - 1) AS k "
        "JOIN projets_axe x ON x.id = s.axe_id JOIN projets_axe nx ON nx.appel_id = {appel} AND nx.numero = x.numero "
        "WHERE s.appel_id = {source}",
        {"appel_id": "{appel}", "axe_id": "nx.id", "numero": f"s.numero + {MILLE} * k", "jeton": "NULL"},
        appel, source, facteur,
    )  # fmt: skip
    mesurer_les_tables()
    du_projet = f"JOIN projets_projet p ON p.id = s.projet_id AND p.appel_id = {{source}} {_PROJET}"
    for modele in (PartProjet, ExerciceProjet, Action):
        _copier(modele, f"FROM {modele._meta.db_table} s {du_projet}", {"projet_id": "n.id"}, appel, source, facteur)
    mesurer_les_tables()
    de_l_action = (
        "JOIN financements_action a ON a.id = s.action_id "
        f"JOIN projets_projet p ON p.id = a.projet_id AND p.appel_id = {{source}} {_ACTION}"
    )
    for modele in (Tranche, ContrepartieFse, MouvementDEngagement, Versement):
        origine = f"FROM {modele._meta.db_table} s {de_l_action}"
        remplaces = {"action_id": "na.id"} | (
            {"reference": "'V-' || na.id || '-' || s.id"} if modele is Versement else {}
        )
        _copier(modele, origine, remplaces, appel, source, facteur)
    mesurer_les_tables()
    de_la_tranche = de_l_action.replace("s.action_id", "t.action_id")
    _copier(
        PartTranche,
        "FROM financements_parttranche s JOIN financements_tranche t ON t.id = s.tranche_id "
        f"{de_la_tranche} JOIN financements_tranche nt ON nt.action_id = na.id AND nt.annee = t.annee",
        {"tranche_id": "nt.id"}, appel, source, facteur,
    )  # fmt: skip
    mesurer_les_tables()
    return appel


def _appel(source: AppelAProjets, facteur: int) -> AppelAProjets:
    axes = [NouvelAxe(axe.numero, axe.intitule, Volet(axe.volet)) for axe in Axe.objects.filter(appel=source)]
    copie = AppelAProjets.objects.get(pk=source.pk)
    copie.pk, copie._state.adding = None, True
    copie.slug, copie.prefixe = f"{source.slug.partition('-')[0]}-{facteur}", f"M{facteur}"
    return creer_appel(auteur=None, appel=copie, axes=axes)


def _copier(
    modele: type[models.Model],
    origine: str,
    remplaces: dict[str, str],
    appel: AppelAProjets,
    source: AppelAProjets,
    facteur: int,
) -> None:
    """Insère les lignes de `origine` (alias `s`), colonne pour colonne sauf la clé et celles qui sont remplacées."""
    colonnes = [champ.column for champ in modele._meta.concrete_fields if not champ.primary_key]
    valeurs = [remplaces.get(colonne, f's."{colonne}"') for colonne in colonnes]
    noms = ", ".join(f'"{colonne}"' for colonne in colonnes)
    requete = f"INSERT INTO {modele._meta.db_table} ({noms}) SELECT {', '.join(valeurs)} {origine}"
    with connection.cursor() as curseur:
        curseur.execute(requete.format(appel=appel.pk, source=source.pk, facteur=facteur).replace("%%", "%"))
