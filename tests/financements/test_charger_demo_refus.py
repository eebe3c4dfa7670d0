"""`manage.py charger_demo` n’écrit rien en production, ni à moitié, ni par-dessus une base occupée."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from comptes.models import Personne
from config.settings import base
from config.socle.models import Journal
from financements.actions.charger_demonstration import SLUG, DemonstrationRefusee, charger_demonstration
from financements.models import Action
from territoires.models import Territoire
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AppelFactory


@pytest.mark.django_db
@pytest.mark.parametrize("occupant", [PersonneFactory, AppelFactory])
def test_si_vide_ne_touche_pas_une_base_occupee(occupant) -> None:
    occupant()
    sortie = StringIO()
    call_command("charger_demo", "--si-vide", stdout=sortie)
    assert sortie.getvalue() == "La base n’est pas vide : la démonstration n’est pas chargée.\n"
    assert (Territoire.objects.count(), Action.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("options", [[], ["--controler"]])
@pytest.mark.parametrize("occupant", [PersonneFactory, AppelFactory, lambda: AppelFactory(slug=SLUG)])
def test_une_base_occupee_par_autre_chose_est_refusee(occupant, options) -> None:
    occupant()
    with pytest.raises(CommandError, match="n’est pas celle d’une démonstration"):
        call_command("charger_demo", *options)
    assert (Territoire.objects.count(), Action.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("occupants", [(), (PersonneFactory, lambda: AppelFactory(slug=SLUG, est_fictif=True))])
def test_controler_admet_une_base_vide_ou_de_demonstration_et_n_ecrit_rien(occupants) -> None:
    for occupant in occupants:
        occupant()
    sortie = StringIO()
    call_command("charger_demo", "--controler", stdout=sortie)
    assert (sortie.getvalue(), Territoire.objects.count()) == ("", 0)


@pytest.mark.django_db
def test_la_production_refuse_et_n_ecrit_rien() -> None:
    assert base.MODE_DEMONSTRATION is False
    with override_settings(MODE_DEMONSTRATION=False), pytest.raises(CommandError, match="jamais en production"):
        call_command("charger_demo")
    assert (Personne.objects.count(), Territoire.objects.count(), Journal.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_un_import_refuse_defait_tout() -> None:
    AppelFactory(slug=SLUG, est_fictif=True)  # un appel du même nom, sans axe : aucune action ne peut y entrer
    with pytest.raises(DemonstrationRefusee):
        charger_demonstration()
    assert (Personne.objects.count(), Territoire.objects.count(), Journal.objects.count()) == (0, 0, 0)
