"""Une version entière de la répartition, enregistrée ou pas encore, et son empreinte."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from config.socle.montants import en_centimes
from financements.models import Dotation, DotationAxe, Enveloppe, Repartition, ReserveAnnuelle
from projets.models import AppelAProjets
from territoires.models import Territoire


@dataclass(frozen=True)
class Version:
    """Une répartition et tout ce qu’elle donne. Les lignes connaissent leur territoire ou leur axe."""

    repartition: Repartition
    dotations: list[Dotation]
    axes: list[DotationAxe]
    reserves: list[ReserveAnnuelle]

    @cached_property
    def territoires(self) -> list[Territoire]:
        """Ceux qui reçoivent une dotation, par ordre alphabétique."""
        connus = {d.territoire.code: d.territoire for d in self.dotations}
        return sorted(connus.values(), key=lambda territoire: territoire.nom_tri)

    @cached_property
    def montants(self) -> dict[tuple[str, int], int]:
        """(code, année) → centimes."""
        return {(d.territoire.code, d.annee): en_centimes(d.montant) for d in self.dotations}

    @cached_property
    def effectifs(self) -> dict[str, int]:
        """Code → allocataires du relevé suivi."""
        return {d.territoire.code: d.poids for d in self.dotations}

    @cached_property
    def reserve(self) -> dict[int, int]:
        """Année → centimes."""
        return {r.annee: en_centimes(r.montant) for r in self.reserves}

    @cached_property
    def par_axe(self) -> dict[tuple[int, int], int]:
        """(numéro d’axe, année) → centimes."""
        return {(x.axe.numero, x.annee): en_centimes(x.montant) for x in self.axes}

    @property
    def annees(self) -> list[int]:
        """Les années réparties."""
        return sorted({d.annee for d in self.dotations})

    @cached_property
    def empreinte(self) -> str:
        """SHA-256 de ce qui fait la version : relevé, méthode, paramètres, montants. Ni auteur, ni date, ni motif."""
        return hashlib.sha256(_canonique(self._contenu).encode()).hexdigest()

    @property
    def _contenu(self) -> dict[str, Any]:
        repartition = self.repartition
        releve = repartition.releve
        return {
            "appel": repartition.enveloppe.appel.slug,
            "version": repartition.version,
            "releve": [releve.observe_le.isoformat(), releve.unite, releve.source, releve.est_fictif],
            "methode": repartition.methode,
            "unite": repartition.unite_centimes,
            "algorithme": repartition.algorithme,
            "parametres": repartition.parametres,
            "dotations": sorted([an, code, self.effectifs[code], m] for (code, an), m in self.montants.items()),
            "axes": sorted([an, numero, m] for (numero, an), m in self.par_axe.items()),
            "reserves": sorted(self.reserve.items()),
        }


def _canonique(contenu: Mapping[str, Any]) -> str:
    """Toujours les mêmes octets, que les paramètres viennent d’être calculés ou soient relus de la base."""
    return json.dumps(contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def derniere_version(enveloppe: Enveloppe) -> Version | None:
    """La version courante, None tant que rien n’est réparti."""
    repartition = _repartitions(enveloppe).first()
    return None if repartition is None else lire_la_version(repartition)


def version_numero(appel: AppelAProjets, numero: int) -> Version | None:
    """Une version de l’appel, None si elle n’existe pas."""
    trouvee = (
        Repartition.objects.filter(enveloppe__appel=appel, version=numero)
        .select_related("releve", "enveloppe__appel", "faite_par")
        .first()
    )
    return None if trouvee is None else lire_la_version(trouvee)


def lire_la_version(repartition: Repartition) -> Version:
    """Trois requêtes. `repartition` : avec son relevé, son enveloppe et l’appel."""
    dotations = Dotation.objects.filter(repartition=repartition).select_related("territoire")
    axes = DotationAxe.objects.filter(repartition=repartition).select_related("axe")
    return Version(
        repartition=repartition,
        dotations=list(dotations.defer("territoire__contour").order_by("annee", "territoire__code")),
        axes=list(axes.order_by("annee", "axe__numero")),
        reserves=list(ReserveAnnuelle.objects.filter(repartition=repartition).order_by("annee")),
    )


def _repartitions(enveloppe: Enveloppe) -> Any:
    return Repartition.objects.filter(enveloppe=enveloppe).select_related("releve", "enveloppe__appel", "faite_par")
