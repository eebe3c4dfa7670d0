"""Ce que l’enregistrement automatique répond à la page, et ce qu’on y lit des autres personnes."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils import timezone

from comptes.models import Personne
from projets.actions.saisir import Enregistrement
from projets.forms.dossier.dossier import Dossier, Etape
from projets.forms.dossier.etape import EtapeForm, FormulaireDeSaisies, lisible
from projets.rules.fusion import Conflit
from projets.views.dossier.envoi import Envoi

PRESENCE = timedelta(minutes=5)  # au-delà, on ne dit plus que la personne « écrit »


class SaisieSignee(Protocol):
    """La dernière valeur d’un champ, d’un projet ou d’un bilan."""

    @property
    def valeur(self) -> Any:
        """Ce qui est enregistré."""

    @property
    def auteur(self) -> Personne | None:
        """Qui l’a écrite."""

    @property
    def saisie_le(self) -> datetime:
        """Quand."""


def heure(instant: datetime | None) -> str:
    """« 14 h 02 » à Paris, avec le jour si ce n’est pas aujourd’hui ; vide si None."""
    if instant is None:
        return ""
    local = timezone.localtime(instant)
    jour = "" if local.date() == timezone.localdate() else f"le {local:%d/%m/%Y} "
    return f"{jour}à\u00a0{local:%H}\u00a0h\u00a0{local:%M}"


def present_avec(dossier: Dossier, personne: Personne, instant: datetime) -> str:
    """« Claire Martin et Paul Petit écrivent aussi dans ce projet. », d’après les dernières saisies ; sinon vide."""
    recentes = (s for s in dossier.donnees.saisies.values() if instant - s.saisie_le < PRESENCE)
    autres = sorted({str(s.auteur) for s in recentes if s.auteur and s.auteur != personne})
    if not autres:
        return ""
    noms = " et ".join(filter(None, [", ".join(autres[:-1]), autres[-1]]))
    return f"{noms} {'écrivent' if len(autres) > 1 else 'écrit'} aussi dans ce projet."


def compte_rendu(
    dossier: Dossier, etape: Etape, fait: Enregistrement, envoi: Envoi, personne: Personne
) -> dict[str, Any]:
    """Le JSON. `dossier` : relu après l’écriture ; `ailleurs` : ce que d’autres ont écrit depuis la version connue."""
    form = dossier.formulaire(etape)
    manques = [m for m in dossier.manques if m.etape == etape.cle]
    form.sans_les_oublis()
    return {
        "enregistre_a": heure(fait.instant),
        "version": dossier.projet.version,
        "intitule": dossier.donnees.intitule,
        "ecrits": sorted(fait.ecrits),
        "refuses": fait.refuses,
        "erreurs": {nom: [str(m) for m in messages] for nom, messages in form.errors.items()},
        "etapes": {une.cle: len(siens) for une, siens in dossier.manques_par_etape()},
        "manques": [{"ancre": m.ancre, "libelle": m.libelle, "message": m.message} for m in manques],
        "conflits": conflits_montres(dossier.donnees.saisies, form, fait.conflits),
        "ailleurs": _ecrits_ailleurs(dossier, form, envoi),
        "presents": present_avec(dossier, personne, timezone.now()),
    }


def conflits_montres(
    saisies: Mapping[str, SaisieSignee], form: FormulaireDeSaisies, conflits: Iterable[Conflit]
) -> list[dict[str, Any]]:
    """Chaque champ changé des deux côtés : l’autre version, lisible, de qui et de quand."""
    return [
        {
            "champ": c.champ,
            "libelle": str(form.fields[c.champ].label or c.champ),
            "mienne": lisible(form.fields[c.champ], c.saisi),
            "enregistre": c.enregistre,
            "lisible": lisible(form.fields[c.champ], c.enregistre),
            **signature(saisies.get(c.champ)),
        }
        for c in conflits
    ]


def _ecrits_ailleurs(dossier: Dossier, form: EtapeForm, envoi: Envoi) -> dict[str, Any]:
    return {
        champ: {"valeur": saisie.valeur, **signature(saisie)}
        for champ, saisie in dossier.donnees.saisies.items()
        if champ in form.fields and champ not in envoi.saisi and saisie.version > envoi.version
    }


def signature(saisie: SaisieSignee | None) -> dict[str, str]:
    """Qui a écrit ce champ, et quand."""
    if saisie is None:
        return {"par": "Une autre personne", "quand": ""}
    return {"par": str(saisie.auteur or "Une personne partie depuis"), "quand": heure(saisie.saisie_le)}
