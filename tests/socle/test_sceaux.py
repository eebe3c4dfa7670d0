"""Le journal se scelle chaque nuit, et la vérification nomme le jour et la première ligne touchés."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from config.socle import sceaux
from config.socle.journal import journaliser
from config.socle.models import Journal, SceauDuJournal
from config.socle.planning import sceller
from config.socle.sceaux import GENESE, composer, lignes_du_jour, sceller_le_journal, texte_scelle
from config.socle.verification import verifier_le_journal
from tests.comptes.fabriques import PersonneFactory

pytestmark = pytest.mark.django_db
LUNDI, MARDI, MERCREDI, JEUDI = (date(2026, 6, j) for j in (1, 2, 3, 4))
VENDREDI_MIDI = datetime(2026, 6, 5, 12, tzinfo=UTC)
JEUDI_MIDI = datetime(2026, 6, 4, 12, tzinfo=UTC)


def ecrire(quand: datetime, acte: str, **etats) -> Journal:
    """Une ligne du journal à cet instant."""
    with time_machine.travel(quand, tick=False):
        return journaliser(auteur=None, acte=acte, objet=SceauDuJournal(pk=7, jour=quand.date()), **etats)


@pytest.fixture
def lignes() -> list[Journal]:
    """Deux le lundi, aucune le mardi, deux le mercredi, dont une à 0 h 30 à Paris, encore mardi en temps universel."""
    return [
        ecrire(datetime(2026, 6, 1, 8, tzinfo=UTC), "un", apres={"montant": "12.50", "à": [1, None]}),
        ecrire(datetime(2026, 6, 1, 21, 59, tzinfo=UTC), "deux"),
        ecrire(datetime(2026, 6, 2, 22, 30, tzinfo=UTC), "trois", avant={"etat": "depose"}),
        ecrire(datetime(2026, 6, 3, 10, tzinfo=UTC), "quatre"),
    ]


@pytest.fixture
def scelles(lignes) -> list[Journal]:
    sceller_le_journal(instant=JEUDI_MIDI)
    return lignes


@contextmanager
def en_maitre_de_la_base() -> Iterator[None]:
    """Comme quelqu’un qui a tous les droits sur PostgreSQL : les déclencheurs sont débranchés."""
    connection.check_constraints()
    with connection.cursor() as curseur:
        for table in ("socle_journal", "socle_sceaudujournal"):
            curseur.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        connection.check_constraints()
        for table in ("socle_journal", "socle_sceaudujournal"):
            curseur.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def fautes(**options) -> list[tuple[date, int | None, str]]:
    trouvees = verifier_le_journal(instant=JEUDI_MIDI, **options).anomalies
    return [(a.jour, a.ligne, a.phrase) for a in trouvees]


def test_chaque_jour_fini_a_son_sceau_jour_vide_compris_et_la_chaine_les_tient(lignes):
    faits = sceller_le_journal(instant=JEUDI_MIDI)
    assert faits == list(SceauDuJournal.objects.all())
    un, deux, trois, quatre = (ligne.pk for ligne in lignes)
    assert [(s.jour, s.premier_id, s.dernier_id, s.nombre, s.precedente) for s in faits] == [
        (LUNDI, un, deux, 2, GENESE),
        (MARDI, None, None, 0, faits[0].empreinte),
        (MERCREDI, trois, quatre, 2, faits[1].empreinte),
    ]


def test_l_empreinte_se_refait_avec_les_seules_formes_scellees(scelles):
    sceau = SceauDuJournal.objects.get(jour=LUNDI)
    entete = '{"forme":1,"jour":"2026-06-01","precedente":"' + GENESE + '"}'
    texte = "\n".join([entete, *(texte_scelle(ligne) for ligne in Journal.objects.order_by("pk")[:2]), ""])
    assert sceau.empreinte == hashlib.sha256(texte.encode()).hexdigest()
    assert texte_scelle(Journal.objects.get(pk=scelles[0].pk)) == (
        '{"acte":"un","apres":{"montant":"12.50","à":[1,null]},"auteur":null,"avant":null,"id":'
        f'{scelles[0].pk},"objet_id":"7","objet_libelle":"sceau du 01/06/2026",'
        '"objet_type":"socle.SceauDuJournal","quand":"2026-06-01T08:00:00.000000+00:00"}'
    )


def test_sceller_de_nouveau_ne_change_rien_et_rattrape_les_jours_manques(scelles):
    avant = list(SceauDuJournal.objects.values_list("jour", "empreinte"))
    assert sceller_le_journal(instant=JEUDI_MIDI) == []
    assert [s.jour for s in sceller_le_journal(instant=JEUDI_MIDI + timedelta(days=3))] == [
        JEUDI, date(2026, 6, 5), date(2026, 6, 6),
    ]  # fmt: skip
    assert list(SceauDuJournal.objects.values_list("jour", "empreinte")[:3]) == avant


@pytest.mark.parametrize(
    ("instant", "dernier"),
    [
        (datetime(2026, 6, 3, 23, 59, 59, tzinfo=UTC), MARDI),  # 1 h 59 min 59 s à Paris : dans la marge
        (datetime(2026, 6, 4, 0, 0, 0, tzinfo=UTC), MERCREDI),  # 2 heures à Paris
    ],
)
def test_un_jour_ne_se_scelle_que_deux_heures_apres_sa_fin_a_paris(lignes, instant, dernier):
    assert sceller_le_journal(instant=instant)[-1].jour == dernier


def test_un_journal_vide_n_a_rien_a_sceller_ni_rien_de_faux():
    assert sceller_le_journal(instant=JEUDI_MIDI) == []
    constat = verifier_le_journal(instant=JEUDI_MIDI)
    assert (constat.sceaux, constat.lignes, constat.a_sceller, constat.anomalies) == (0, 0, 0, [])


@pytest.mark.parametrize(
    "faire",
    [
        lambda: SceauDuJournal.objects.update(nombre=3),
        lambda: SceauDuJournal.objects.all().delete(),
    ],
    ids=["modifier", "supprimer"],
)
def test_un_sceau_ne_se_modifie_ni_ne_se_supprime(scelles, faire):
    with pytest.raises(DatabaseError, match="Cannot update or delete rows from"), transaction.atomic():
        faire()
    assert SceauDuJournal.objects.count() == 3


def test_un_second_sceau_du_meme_jour_est_refuse(scelles):
    with pytest.raises(IntegrityError), transaction.atomic():
        composer(LUNDI, "a" * 64, lignes_du_jour(LUNDI)).save(force_insert=True)


def test_un_journal_intact_se_verifie(scelles):
    ecrire(JEUDI_MIDI - timedelta(hours=1), "cinq")
    constat = verifier_le_journal(instant=JEUDI_MIDI)
    assert (constat.sceaux, constat.lignes, constat.a_sceller, constat.anomalies) == (3, 4, 1, [])
    assert constat.dernier.jour == MERCREDI


def test_une_ligne_modifiee_est_nommee(scelles):
    vise = scelles[2]
    with en_maitre_de_la_base():
        Journal.objects.filter(pk=vise.pk).update(avant={"etat": "recevable"})
    assert fautes() == [(MERCREDI, vise.pk, f"la ligne {vise.pk} (« trois ») a été modifiée après le sceau.")]


@pytest.mark.parametrize("rang", [0, 1])
def test_une_ligne_supprimee_est_nommee(scelles, rang):
    vise = scelles[rang].pk
    with en_maitre_de_la_base():
        Journal.objects.filter(pk=vise).delete()
    assert fautes() == [(LUNDI, vise, f"la ligne {vise} a été supprimée, ou sa date changée, après le sceau.")]


def test_une_ligne_ajoutee_apres_le_sceau_est_nommee_comme_celle_qu_un_acte_valide_trop_tard(scelles):
    neuve = ecrire(datetime(2026, 6, 2, 9, tzinfo=UTC), "tardive")
    assert fautes() == [(MARDI, neuve.pk, f"la ligne {neuve.pk} (« tardive ») a été ajoutée après le sceau.")]


def test_une_ligne_d_avant_le_premier_sceau_est_nommee(scelles):
    neuve = ecrire(datetime(2026, 5, 3, 9, tzinfo=UTC), "ancienne")
    phrase = f"la ligne {neuve.pk} (« ancienne ») est d’avant le premier sceau : elle a été ajoutée."
    assert fautes() == [(date(2026, 5, 3), neuve.pk, phrase)]


def test_une_ligne_changee_de_jour_est_nommee_des_deux_cotes(scelles):
    vise = scelles[0].pk
    with en_maitre_de_la_base():
        Journal.objects.filter(pk=vise).update(quand=datetime(2026, 6, 2, 9, tzinfo=UTC))
    assert fautes() == [
        (LUNDI, vise, f"la ligne {vise} a été supprimée, ou sa date changée, après le sceau."),
        (MARDI, vise, f"la ligne {vise} (« un ») a été ajoutée après le sceau."),
    ]


def test_un_sceau_retire_ou_refait_rompt_la_chaine(scelles):
    with en_maitre_de_la_base():
        SceauDuJournal.objects.filter(jour=MARDI).delete()
    assert fautes() == [(MARDI, None, "le sceau de ce jour manque, alors qu’un jour suivant est scellé.")]
    with en_maitre_de_la_base():
        composer(MARDI, "b" * 64, lignes_du_jour(MARDI)).save(force_insert=True)
    assert fautes() == [
        (MARDI, None, "la chaîne est rompue : ce sceau ne suit pas celui du 01/06/2026."),
        (MERCREDI, None, "la chaîne est rompue : ce sceau ne suit pas celui du 02/06/2026."),
    ]


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"empreinte": "c" * 64}, "le sceau a été modifié : son empreinte n’est pas celle des lignes de ce jour."),
        ({"nombre": 9}, "le sceau a été modifié : son nombre de lignes ou ses bornes sont faux."),
    ],
)
def test_un_sceau_modifie_est_dit(scelles, change, phrase):
    with en_maitre_de_la_base():
        SceauDuJournal.objects.filter(jour=MERCREDI).update(**change)
    assert fautes() == [(MERCREDI, None, phrase)]


def test_une_nuit_sans_sceau_ou_des_sceaux_retires_de_la_fin_se_disent(scelles):
    suivant = MERCREDI + timedelta(days=1)
    phrase = "ce jour fini n’est pas scellé : la nuit ne l’a pas fait, ou on a retiré le sceau."
    tard = verifier_le_journal(instant=JEUDI_MIDI + timedelta(days=2)).anomalies
    assert [(a.jour, a.ligne, a.phrase) for a in tard] == [(suivant, None, phrase)]


def test_jamais_scelle_se_dit_avec_la_plus_vieille_ligne(lignes):
    phrase = "ce jour fini n’est pas scellé : la nuit ne l’a pas fait, ou on a retiré le sceau."
    assert fautes() == [(LUNDI, lignes[0].pk, phrase)]


def test_le_temoin_garde_ailleurs_montre_un_journal_entierement_refait(scelles):
    temoin = SceauDuJournal.objects.get(jour=MERCREDI).empreinte
    assert fautes(temoin=temoin) == []
    with en_maitre_de_la_base():
        Journal.objects.filter(pk=scelles[3].pk).update(acte="autre")
        SceauDuJournal.objects.all().delete()
    sceller_le_journal(instant=JEUDI_MIDI)
    assert fautes() == []
    assert fautes(temoin=temoin) == [(MERCREDI, None, f"aucun sceau ne porte l’empreinte témoin {temoin}.")]


@pytest.mark.parametrize("jours_par_lot", [1, 2])
def test_plusieurs_lots_font_la_meme_chaine_qu_un_seul(lignes, monkeypatch, jours_par_lot):
    ecrire(datetime(2026, 6, 1, 9, tzinfo=UTC), "cinq")  # un acte de lundi, d’identifiant plus grand
    with transaction.atomic():
        dun_coup = [s.empreinte for s in sceller_le_journal(instant=JEUDI_MIDI)]
        transaction.set_rollback(True)
    monkeypatch.setattr(sceaux, "JOURS_PAR_LOT", jours_par_lot)
    assert [s.empreinte for s in sceller_le_journal(instant=JEUDI_MIDI)] == dun_coup
    assert (len(dun_coup), fautes()) == (3, [])


def test_la_verification_fait_une_requete_par_jour_quel_que_soit_le_nombre_de_lignes(requetes, scelles):
    comptes = []
    for _ in range(2):
        with requetes() as prises:
            verifier_le_journal(instant=JEUDI_MIDI)
        comptes.append(prises.nombre)
        for minute in range(5):
            ecrire(JEUDI_MIDI - timedelta(minutes=minute), "plus")
    assert comptes == [8, 8], prises


def test_la_tache_de_la_nuit_scelle(lignes):
    with time_machine.travel(JEUDI_MIDI, tick=False):
        sceller()
    assert SceauDuJournal.objects.count() == 3


@time_machine.travel(JEUDI_MIDI, tick=False)
def test_les_commandes_disent_ce_qu_elles_ont_fait_et_echouent_en_francais(lignes, capsys):
    call_command("sceller_le_journal", "2026-06-02")
    mardi = SceauDuJournal.objects.get(jour=MARDI).empreinte
    call_command("sceller_le_journal")
    mercredi = SceauDuJournal.objects.get(jour=MERCREDI).empreinte
    call_command("sceller_le_journal")
    call_command("verifier_journal", "--temoin", mardi.upper())
    assert capsys.readouterr().out.splitlines() == [
        "2 jour(s) scellé(s), du 01/06/2026 au 02/06/2026.",
        f"Dernier sceau, 02/06/2026 : {mardi}",
        "1 jour(s) scellé(s), du 03/06/2026 au 03/06/2026.",
        f"Dernier sceau, 03/06/2026 : {mercredi}",
        "Rien à sceller.",
        f"Dernier sceau, 03/06/2026 : {mercredi}",
        "Journal intact : 4 lignes sous 3 sceaux, jusqu’au 03/06/2026. Pas encore scellées : 0.",
        f"Dernier sceau : {mercredi}",
    ]
    with pytest.raises(CommandError, match="Le 04/06/2026 ne se scelle que 2 heures après sa fin"):
        call_command("sceller_le_journal", "2026-06-04")
    with pytest.raises(CommandError, match="attendu un jour, comme 2026-11-25"):
        call_command("sceller_le_journal", "hier")
    with en_maitre_de_la_base():
        Journal.objects.filter(pk=lignes[0].pk).delete()
    with pytest.raises(CommandError, match=rf"- 01/06/2026 : la ligne {lignes[0].pk} a été supprimée"):
        call_command("verifier_journal")


@pytest.mark.django_db(transaction=True)
def test_deux_scellements_simultanes_font_une_seule_chaine(lignes):
    def un_passage(_: int) -> list[date]:
        try:
            return [s.jour for s in sceller_le_journal(instant=JEUDI_MIDI)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as ensemble:
        faits = sorted(jour for passage in ensemble.map(un_passage, range(4)) for jour in passage)
    assert faits == [LUNDI, MARDI, MERCREDI]
    assert fautes() == []


@pytest.mark.django_db(transaction=True)
def test_un_acte_qui_dure_depuis_avant_minuit_retarde_le_sceau():
    personne = PersonneFactory()
    journaliser(auteur=personne, acte="validé", objet=personne)
    demain = datetime.now(UTC) + timedelta(days=2)  # pour PostgreSQL, la transaction ouverte est d’avant ce jour

    def passage() -> list[date]:
        try:
            return [s.jour for s in sceller_le_journal(instant=demain)]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as ailleurs:
        with transaction.atomic():
            journaliser(auteur=personne, acte="long", objet=personne)
            en_attendant = ailleurs.submit(passage).result()
        ensuite = ailleurs.submit(passage).result()
    assert en_attendant == []
    assert len(ensuite) in {1, 2}  # selon l’heure, le jour d’aujourd’hui et celui de demain
