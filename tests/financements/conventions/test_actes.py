"""Les actes d’une convention : l’effet, le journal, chaque mauvais état et chaque mauvais rôle."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from comptes.models import Courriel
from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.conventions.commun import DatesRefusees
from financements.actions.conventions.finir import constater_la_caducite, resilier, solder
from financements.actions.conventions.rediger import (
    Reglages,
    editer,
    plus_mois,
    preparer,
    regler_la_convention,
    reprendre,
)
from financements.actions.conventions.signer import Signatures, envoyer_a_signer, notifier, signer
from financements.chiffres.contenu_de_convention import contenu_de_convention, empreinte_de
from financements.chiffres.liste_des_conventions import bientot_caduques
from financements.models import Convention, ModeleDeConvention, MouvementDEngagement
from financements.states.execution import EtatBilan, EtatConvention, EtatVersement
from projets.models import ExerciceProjet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.conventions.fabriques import action_a_conventionner, editee, finances, signee
from tests.financements.execution.fabriques import bilan, convention, engager, regle, versement
from tests.projets.fabriques import AppelFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
AUJOURD_HUI = timezone.localdate()
HIER, DEMAIN = AUJOURD_HUI - timedelta(days=1), AUJOURD_HUI + timedelta(days=1)


def jouer(acte, auteur, une):
    """L’acte, avec ce qu’il lui faut."""
    complements = {
        regler_la_convention: {
            "reglages": Reglages(date(2016, 1, 1), date(2018, 12, 31), None, None),
            "version": une.version,
        },
        signer: {"signatures": Signatures(AUJOURD_HUI, AUJOURD_HUI), "version": une.version},
        resilier: {"motif": "Manquement.", "le": AUJOURD_HUI, "version": une.version},
        constater_la_caducite: {"motif": "Jamais commencée.", "version": une.version},
        solder: {"version": une.version},
    }
    return acte(auteur=auteur, convention=une, **complements.get(acte, {}))


ACTES = {
    regler_la_convention: {"preparation"},
    editer: {"preparation"},
    reprendre: {"editee"},
    envoyer_a_signer: {"editee"},
    signer: {"editee"},
    notifier: {"signee"},
    solder: {"signee"},
    resilier: {"signee"},
    constater_la_caducite: {"editee", "signee"},
}


def convention_a_l_etat(etat):
    fin = {"motif_de_fin": "Motif."} if etat in ("resiliee", "caduque") else {}
    pdf = {"fichier": "x.pdf", "pages": 3}
    passee = {"caduque_le": HIER}
    return convention(action_a_conventionner(), EtatConvention(etat), **fin, **pdf, **passee)


@pytest.mark.parametrize("acte", ACTES, ids=lambda acte: acte.__name__)
def test_chaque_acte_part_de_ses_etats_et_d_eux_seuls(acte):
    auteur = finances()
    for etat in EtatConvention.values:
        une = convention_a_l_etat(etat)
        if etat in ACTES[acte]:
            jouer(acte, auteur, une)
        else:
            with pytest.raises(PassageRefuse):
                jouer(acte, auteur, une)
            assert Convention.objects.get(pk=une.pk).etat == etat


@pytest.mark.parametrize("acte", [*ACTES, "preparer"], ids=lambda acte: getattr(acte, "__name__", acte))
def test_chaque_acte_est_au_pilote_et_aux_finances(acte):
    for role in Role.values:
        auteur = PersonneFactory(role=role)
        if acte == "preparer":
            faire = lambda: preparer(auteur=auteur, action=action_a_conventionner())  # noqa: E731, B023
        else:
            une = convention_a_l_etat(sorted(ACTES[acte])[0])
            faire = lambda: jouer(acte, auteur, une)  # noqa: E731, B023
        if role in ("pilote", "finances"):
            faire()
        else:
            with pytest.raises(PermissionDenied):
                faire()


def test_preparer_propose_dates_taux_et_caducite():
    une = preparer(auteur=finances(), action=action_a_conventionner())
    assert (une.debut_le, une.fin_le, une.caduque_le, une.taux, une.numero, une.etat) == (
        date(2016, 1, 1),
        date(2018, 12, 31),
        date(2017, 6, 20),
        Decimal("50.00"),
        None,
        "preparation",
    )
    with pytest.raises(PassageRefuse, match="déjà une convention"):
        preparer(auteur=finances(), action=une.action)


def test_le_taux_propose_ne_reprend_rien_a_qui_a_tout_depense():
    """30 000 € sur 90 000 € : 33,33 % n’en couvriraient que 29 997 €."""
    action = action_a_conventionner()
    ExerciceProjet.objects.filter(projet=action.projet).update(cout="90000.00")
    assert preparer(auteur=finances(), action=action).taux == Decimal("33.34")


def test_les_numeros_se_suivent_sans_trou_et_restent():
    auteur = finances()
    une = editee(auteur)
    appel = une.action.projet.appel
    assert une.numero == f"{appel.prefixe or appel.slug}".upper() + "-C0001"
    premier, empreinte, jeton = une.numero, une.empreinte, une.jeton
    reprise = reprendre(auteur=auteur, convention=une)
    assert (reprise.contenu, reprise.jeton, reprise.empreinte) == (None, None, "")
    de_nouveau = editer(auteur=auteur, convention=reprise)
    assert (de_nouveau.numero, de_nouveau.empreinte) == (premier, empreinte)
    assert de_nouveau.jeton != jeton
    assert ModeleDeConvention.objects.get(appel=appel).dernier_rang == 1


def test_le_texte_fige_dit_l_essentiel():
    une = editee(finances())
    assert empreinte_de(une.contenu) == une.empreinte
    articles = {article["titre"]: article["texte"] for article in une.contenu["articles"]}
    assert len(articles) == 17
    assert not any("{{" in texte for texte in articles.values())
    assert "30\u202f000,00\u00a0€" in articles["Article 4. Contribution du Département"]
    assert "90\u202f000,00\u00a0€" in articles["Article 4. Contribution du Département"]
    assert "50,00\u00a0%" in articles["Article 4. Contribution du Département"]
    assert une.contenu["annees"][-1] == ["Total", "180\u202f000,00\u00a0€", "90\u202f000,00\u00a0€"]
    assert "Zoé Petit" in une.contenu["signataires"][1][1]


def test_un_modele_fautif_n_edite_rien_et_ne_prend_pas_de_numero():
    auteur = finances()
    une = preparer(auteur=auteur, action=action_a_conventionner())
    modele = ModeleDeConvention.objects.get()
    modele.articles = [{"titre": "Objet", "texte": "{{ montnat }}"}]
    modele.save()
    with pytest.raises(PassageRefuse, match="montnat"):
        editer(auteur=auteur, convention=une)
    assert (Convention.objects.get().etat, ModeleDeConvention.objects.get().dernier_rang) == ("preparation", 0)


@pytest.mark.parametrize(
    ("situation", "phrase"),
    [({"executoire": False, "notifiee": False}, "exécutoire"), ({"notifiee": False}, "notifiée")],
)
def test_rien_ne_se_signe_avant_l_executoire_et_la_notification(situation, phrase):
    auteur = finances()
    une = editee(auteur, **situation)
    Convention.objects.update(fichier="x.pdf", pages=1)
    with pytest.raises(PassageRefuse, match=phrase):
        jouer(signer, auteur, une)
    with pytest.raises(PassageRefuse, match=phrase):
        envoyer_a_signer(auteur=auteur, convention=une)
    assert not Courriel.objects.exists()


@pytest.mark.parametrize("signatures", [Signatures(HIER, AUJOURD_HUI), Signatures(AUJOURD_HUI, DEMAIN)])
def test_une_signature_n_est_ni_avant_la_notification_ni_demain(signatures):
    une = editee(finances())
    with pytest.raises(DatesRefusees) as refus:
        signer(auteur=finances(), convention=une, signatures=signatures, version=une.version)
    assert set(refus.value.fautes) == {"organisme_le" if signatures.organisme_le == HIER else "departement_le"}
    assert Convention.objects.get().etat == "editee"


def test_signer_puis_notifier_une_fois():
    auteur = finances()
    une = signee(auteur)
    assert (une.etat, une.signee_le) == ("signee", AUJOURD_HUI)
    with pytest.raises(VersionPerimee):
        signer(auteur=auteur, convention=une, signatures=Signatures(HIER, HIER), version=une.version - 1)
    notifiee = notifier(auteur=auteur, convention=une)
    assert notifiee.notifiee_le == AUJOURD_HUI
    assert [courriel.destinataire for courriel in Courriel.objects.all()] == ["contact@asso.exemple.fr"]
    with pytest.raises(PassageRefuse, match="déjà notifiée"):
        notifier(auteur=auteur, convention=une)
    actes = Journal.objects.filter(objet_type="financements.Convention").order_by("pk").values_list("acte", flat=True)
    assert list(actes) == [
        "preparer_une_convention",
        "editer_une_convention",
        "signer_une_convention",
        "notifier_une_convention",
    ]


def test_une_convention_ne_s_envoie_pas_sans_son_pdf():
    une = editee(finances())
    with pytest.raises(PassageRefuse, match="PDF"):
        envoyer_a_signer(auteur=finances(), convention=une)


def test_la_caducite_degage_ce_qui_n_est_pas_liquide():
    auteur = finances()
    une = signee(auteur)
    engager(une.action)
    versement(une.action, "8000.00", EtatVersement.PAYE)
    prevu = versement(une.action, "2000.00")
    Convention.objects.update(caduque_le=DEMAIN)
    with pytest.raises(PassageRefuse, match="vaut encore"):
        jouer(constater_la_caducite, auteur, une)
    Convention.objects.update(caduque_le=AUJOURD_HUI)
    jouer(constater_la_caducite, auteur, une)
    prevu.refresh_from_db()
    assert prevu.etat == EtatVersement.ANNULE
    degages = MouvementDEngagement.objects.filter(nature="degagement").order_by("exercice")
    assert list(degages.values_list("exercice", "montant")) == [
        (2016, Decimal("-22000.00")),
        (2017, Decimal("-30000.00")),
        (2018, Decimal("-30000.00")),
    ]


def test_un_bilan_depose_empeche_la_caducite():
    auteur = finances()
    une = signee(auteur)
    Convention.objects.update(caduque_le=HIER)
    assert list(bientot_caduques(AUJOURD_HUI)) == [une]
    bilan(une.action, etat=EtatBilan.DEPOSE)
    assert list(bientot_caduques(AUJOURD_HUI)) == []
    with pytest.raises(PassageRefuse, match="l’action a commencé"):
        jouer(constater_la_caducite, auteur, une)


def test_le_modele_fourni_suit_la_date_de_l_appel_et_l_article_des_versements_dit_les_pieces():
    action = action_a_conventionner()
    appel = action.projet.appel
    regle(appel)
    une = preparer(auteur=finances(), action=action)
    textes = {un["titre"]: un["texte"] for un in contenu_de_convention(une, ModeleDeConvention.de(appel))["articles"]}
    assert "engagement républicain" not in textes["Article 7. Autres engagements"]
    assert textes["Article 5. Versements"].splitlines()[1:] == [
        "avance de 80\u00a0% de la tranche, en mars de l’année, sur la convention signée, le bilan de l’année "
        "précédente validé\u00a0;",
        "solde de 20\u00a0% de la tranche, en septembre de l’année suivante, sur la convention signée, le bilan de "
        "l’année validé, la pièce «\u00a0Décompte des dépenses de l’année\u00a0».",
    ]
    recent = AppelFactory(
        annee_debut=2026,
        annee_fin=2028,
        ouvre_le=datetime(2026, 1, 5, tzinfo=UTC),
        ferme_le=datetime(2026, 3, 5, tzinfo=UTC),
    )
    (engagements,) = [un["texte"] for un in ModeleDeConvention.de(recent).articles if "7." in un["titre"]]
    assert "respecte le contrat d’engagement républicain s’il y est tenu, l’égalité" in engagements


def test_resilier_annule_le_prevu_et_garde_l_engagement():
    auteur = finances()
    une = signee(auteur)
    engager(une.action)
    prevu = versement(une.action, "8000.00")
    with pytest.raises(PassageRefuse, match="entre sa signature"):
        resilier(auteur=auteur, convention=une, motif="M", le=HIER, version=une.version)
    with pytest.raises(ValidationError, match="motif"):
        resilier(auteur=auteur, convention=une, motif=" ", le=AUJOURD_HUI, version=une.version)
    finie = jouer(resilier, auteur, une)
    prevu.refresh_from_db()
    assert (finie.etat, prevu.etat, MouvementDEngagement.objects.count()) == ("resiliee", "annule", 3)


def test_on_ne_solde_pas_tant_qu_il_reste_a_payer():
    auteur = finances()
    une = signee(auteur)
    engager(une.action)
    prevu = versement(une.action, "8000.00")
    with pytest.raises(PassageRefuse, match="à payer"):
        jouer(solder, auteur, une)
    type(prevu).objects.filter(pk=prevu.pk).update(etat="annule", motif="Erreur.")
    assert jouer(solder, auteur, une).etat == "soldee"


@pytest.mark.parametrize(
    ("jour", "mois", "attendu"),
    [
        (date(2016, 6, 20), 12, date(2017, 6, 20)),
        (date(2016, 1, 31), 1, date(2016, 2, 29)),
        (date(2016, 11, 30), 3, date(2017, 2, 28)),
        (date(2016, 12, 1), 1, date(2017, 1, 1)),
    ],
)
def test_un_delai_en_mois_finit_le_meme_jour(jour, mois, attendu):
    assert plus_mois(jour, mois) == attendu
