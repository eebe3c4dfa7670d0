"""Ce que montrent les pages d’un bilan : les tableaux d’une étape, ou la copie déposée."""

from typing import Any

from config.socle.models import Journal
from financements.forms.bilans.finances import FinancesForm, phrase_du_resultat
from financements.forms.bilans.tableau import dessin_des_ecarts, explications, tableaux, tableaux_en_nature
from financements.models import Bilan
from projets.forms.dossier.etape import FormulaireDeSaisies
from projets.rules.actes import phrase

ACTES_MONTRES = 50


def apports_de_l_etape(form: FormulaireDeSaisies) -> dict[str, Any]:
    """Les tableaux et les écarts du compte rendu financier ; rien pour les autres étapes."""
    if not isinstance(form, FinancesForm):
        return {}
    rendu = form.compte_rendu
    expliquees = explications(form)
    return {
        "equilibre": phrase_du_resultat(rendu.ecart),
        "a_expliquer": any(une.est_montree for une in expliquees),
        "tableaux": tableaux(form),
        "tableaux_en_nature": tableaux_en_nature(form),
        "explications": expliquees,
        "dessin": dessin_des_ecarts(rendu.postes()),
        "rendu": rendu,
        "seuil": form.donnees.bilan.seuil,
        "contributions_sont_ouvertes": any(
            form.brut(nom) for nom, champ in form.fields.items() if "nature" in champ.widget.attrs.get("data-cote", "")
        ),
    }


def lecture(bilan: Bilan) -> dict[str, Any]:
    """La dernière copie déposée, ses versions et l’histoire du bilan. `bilan` : venu de `en_dossier()`."""
    copies = list(bilan.copies.select_related("pdf", "deposee_par").order_by("-version"))
    lignes = Journal.objects.filter(objet_type=Bilan._meta.label, objet_id=str(bilan.pk)).select_related("auteur")
    return {
        "bilan": bilan,
        "projet": bilan.action.projet,
        "copies": copies,
        "contenu": copies[0].contenu if copies else None,
        "histoire": [(phrase(ligne.acte), ligne) for ligne in lignes.order_by("-pk")[:ACTES_MONTRES]],
    }
