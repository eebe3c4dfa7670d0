"""Rapprocher les organismes d’un fichier de ceux de la base, par SIRET d’abord, par RNA ensuite."""

from collections.abc import Iterable

from django.db.models import Q

from comptes.models import Organisme
from comptes.states import FormeJuridique
from config.socle.lecture.erreurs import Releve
from config.socle.recherche import cle_de_tri
from financements.imports.lignes import Lecture, LigneProgramme

Identite = tuple[str | None, str | None]


class Annuaire:
    """Un `Organisme` par identité du fichier : celui de la base, ou un nouveau à enregistrer.

    `nouveaux` : à créer ; `a_completer` : connus par un de leurs deux identifiants, à qui le fichier apporte l’autre.
    Le reste d’un organisme connu (nom, forme, commune) n’est pas touché.
    """

    def __init__(self, lecture: Lecture, releve: Releve, avertissements: Releve) -> None:
        self._rna_du_siret = lecture.rna_du_siret
        self._siret_du_rna = {rna: siret for siret, rna in self._rna_du_siret.items()}
        premieres: dict[Identite, LigneProgramme] = {}
        for ligne in lecture.lignes:
            premieres.setdefault(self._identite(ligne), ligne)
        self._par_siret, self._par_rna = _connus(premieres)
        self.nouveaux: list[Organisme] = []
        self.a_completer: list[Organisme] = []
        self._organismes = {
            identite: self._rapprocher(identite, ligne, releve, avertissements)
            for identite, ligne in premieres.items()
        }

    def organisme(self, ligne: LigneProgramme) -> Organisme:
        """L’organisme de cette ligne."""
        return self._organismes[self._identite(ligne)]

    def _identite(self, ligne: LigneProgramme) -> Identite:
        return (
            ligne.siret or self._siret_du_rna.get(ligne.rna or ""),
            ligne.rna or self._rna_du_siret.get(ligne.siret or ""),
        )

    def _rapprocher(
        self, identite: Identite, ligne: LigneProgramme, releve: Releve, avertissements: Releve
    ) -> Organisme:
        siret, rna = identite
        connu = self._par_siret.get(siret or "") or self._par_rna.get(rna or "")
        if connu is None:
            nouveau = Organisme(
                siret=siret,
                rna=rna,
                nom=ligne.organisme,
                forme_juridique=ligne.forme_juridique or FormeJuridique.AUTRE,
                commune_id=ligne.commune,
            )
            self.nouveaux.append(nouveau)
            return nouveau
        if self._se_contredisent(identite, connu, ligne, releve):
            return connu
        if cle_de_tri(connu.nom) != cle_de_tri(ligne.organisme):
            suite = f"cet organisme est connu sous le nom « {connu.nom} » : ce nom est gardé"
            avertissements.ajouter(ligne.ligne, "organisme", ligne.organisme, suite)
        if (siret and not connu.siret) or (rna and not connu.rna):
            connu.siret, connu.rna = connu.siret or siret, connu.rna or rna
            self.a_completer.append(connu)
        return connu

    def _se_contredisent(self, identite: Identite, connu: Organisme, ligne: LigneProgramme, releve: Releve) -> bool:
        siret, rna = identite
        autre = self._par_rna.get(rna or "")
        if siret and connu.siret and siret != connu.siret:
            releve.ajouter(ligne.ligne, "siret", siret, f"{connu.siret}, le SIRET déjà connu pour le RNA {rna}")
        elif rna and connu.rna and rna != connu.rna:
            releve.ajouter(ligne.ligne, "rna", rna, f"{connu.rna}, le RNA déjà connu pour le SIRET {siret}")
        elif autre is not None and autre.pk != connu.pk:
            releve.ajouter(ligne.ligne, "rna", rna or "", f"un autre RNA : celui-ci est déjà celui de « {autre.nom} »")
        else:
            return False
        return True


def _connus(identites: Iterable[Identite]) -> tuple[dict[str, Organisme], dict[str, Organisme]]:
    sirets = [siret for siret, _ in identites if siret]
    rnas = [rna for _, rna in identites if rna]
    connus = list(Organisme.objects.filter(Q(siret__in=sirets) | Q(rna__in=rnas)))
    return {o.siret: o for o in connus if o.siret}, {o.rna: o for o in connus if o.rna}
