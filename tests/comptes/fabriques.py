"""Fabriques des comptes. Le mot de passe de toutes les personnes d’essai est `MOT_DE_PASSE`."""

from hashlib import sha256

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory
from stdnum import luhn

from comptes.models import Adhesion, CompteBancaire, Courriel, DemandeEntree, Document, Invitation, Organisme, Personne
from comptes.states import ECARTES, Role, RoleOrganisme
from tests.socle.fichiers_d_essai import pdf

MOT_DE_PASSE = "mille-actions"


def siret_d_essai(n: int) -> str:
    """SIRET valide par ses deux clés, dans une plage attribuée à personne."""
    huit = f"99{n:06}"
    siren = huit + luhn.calc_check_digit(huit)
    treize = siren + "0001"
    return treize + luhn.calc_check_digit(treize)


class PersonneFactory(DjangoModelFactory):
    class Meta:
        model = Personne
        skip_postgeneration_save = True

    class Params:
        pilote = factory.Trait(role=Role.PILOTE)
        finances = factory.Trait(role=Role.FINANCES)
        lecture = factory.Trait(role=Role.LECTURE)
        instructeur = factory.Trait(role=Role.INSTRUCTEUR)
        administrateur = factory.Trait(role=Role.ADMINISTRATEUR)

    email = factory.Sequence(lambda n: f"personne{n}@exemple.fr")
    prenom = "Camille"
    nom = factory.Sequence(lambda n: f"Dupont {n}")
    role = Role.PORTEUR
    password = factory.django.Password(MOT_DE_PASSE)


class OrganismeFactory(DjangoModelFactory):
    class Meta:
        model = Organisme

    siret = factory.Sequence(siret_d_essai)
    nom = factory.Sequence(lambda n: f"Organisme {n}")


class AdhesionFactory(DjangoModelFactory):
    class Meta:
        model = Adhesion

    personne = factory.SubFactory(PersonneFactory)
    organisme = factory.SubFactory(OrganismeFactory)


class CourrielFactory(DjangoModelFactory):
    class Meta:
        model = Courriel

    destinataire = factory.Sequence(lambda n: f"destinataire{n}@exemple.fr")
    objet = "[Mille actions] Essai"
    texte = "Bonjour, voir http://testserver/appels/"
    html = "<p>Bonjour</p>"


class ResponsableFactory(AdhesionFactory):
    role = RoleOrganisme.RESPONSABLE


class DemandeEntreeFactory(DjangoModelFactory):
    class Meta:
        model = DemandeEntree

    organisme = factory.SubFactory(OrganismeFactory)
    personne = factory.SubFactory(PersonneFactory)


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    organisme = factory.SubFactory(OrganismeFactory)
    email = factory.Sequence(lambda n: f"invitee{n}@exemple.fr")
    invite_par = factory.SubFactory(PersonneFactory)


class CompteBancaireFactory(DjangoModelFactory):
    class Meta:
        model = CompteBancaire

    organisme = factory.SubFactory(OrganismeFactory)
    libelle = "Compte courant"
    titulaire = "Organisme"
    iban = "FR7630006000011234567890189"
    bic = "AGRIFRPP"


class DocumentFactory(DjangoModelFactory):
    """Un document sain, dont le fichier est un vrai PDF ; écarté, il n’a pas de fichier."""

    class Meta:
        model = Document

    organisme = factory.SubFactory(OrganismeFactory)
    nature = "statuts"
    intitule = factory.Sequence(lambda n: f"Document {n}")
    contenu = factory.Sequence(lambda n: pdf(marque=str(n)))
    nom = "document.pdf"
    format = "pdf"
    etat = "sain"
    fichier = factory.LazyAttribute(lambda o: "" if o.etat in ECARTES else ContentFile(o.contenu, o.nom))
    taille = factory.LazyAttribute(lambda o: len(o.contenu))
    empreinte = factory.LazyAttribute(lambda o: sha256(o.contenu).hexdigest())
    motif = factory.LazyAttribute(lambda o: {"infecte": "Essai-Virus", "refuse": "est abîmé."}.get(o.etat, ""))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        kwargs.pop("contenu")
        return super()._create(model_class, *args, **kwargs)
