"""Fabriques des territoires."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from territoires.models import Commune, Effectif, ReleveEffectifs, Territoire


class TerritoireFactory(DjangoModelFactory):
    class Meta:
        model = Territoire
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"T{n:03}")
    nom = factory.LazyAttribute(lambda t: f"Territoire {t.code}")


class CommuneFactory(DjangoModelFactory):
    class Meta:
        model = Commune

    code_insee = factory.Sequence(lambda n: f"59{n:03}")
    nom = factory.LazyAttribute(lambda c: f"Commune {c.code_insee}")
    territoire = factory.SubFactory(TerritoireFactory)


class ReleveFactory(DjangoModelFactory):
    class Meta:
        model = ReleveEffectifs

    observe_le = date(2016, 2, 29)
    source = factory.Sequence(lambda n: f"source {n}")


class EffectifFactory(DjangoModelFactory):
    class Meta:
        model = Effectif

    releve = factory.SubFactory(ReleveFactory)
    territoire = factory.SubFactory(TerritoireFactory)
    nombre = 1000
