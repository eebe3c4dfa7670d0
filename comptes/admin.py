"""L’administration des comptes. Chaque enregistrement passe par un acte : rien ne s’écrit sans être journalisé."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from comptes.actions.creer_personne import NouvellePersonne, creer_personne
from comptes.actions.fermer_compte import fermer_compte, rouvrir_compte
from comptes.actions.modifier_personne import Fiche, modifier_personne, verifier_le_role
from comptes.actions.rattacher import detacher, rattacher
from comptes.actions.relancer_courriel import relancer_un_courriel
from comptes.forms import MotDePasseOublieForm
from comptes.models import Adhesion, Courriel, Organisme, Personne
from comptes.permissions import personne_de
from comptes.states import Role, RoleOrganisme
from config.socle.administration import LectureSeule
from config.socle.transitions import PassageRefuse

admin.site.unregister(EmailAddress)  # l’adresse d’une personne est dans sa fiche
admin.site.unregister(Group)  # les droits viennent du rôle, pas de groupes


class PersonneForm(forms.ModelForm[Personne]):
    """La fiche d’une personne. L’adresse se fixe à la création."""

    auteur: Personne

    class Meta:
        model = Personne
        fields = ("email", "prenom", "nom", "role", "territoires")

    def clean_email(self) -> str:
        """En minuscules : c’est l’identifiant."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """Les mêmes refus que l’acte, à côté du champ."""
        donnees = super().clean() or self.cleaned_data
        if "role" in donnees:
            ancienne = Personne.objects.filter(pk=self.instance.pk).first() or self.instance
            verifier_le_role(auteur=self.auteur, personne=ancienne, fiche=self.fiche())
        return donnees

    def fiche(self) -> Fiche:
        """Ce que l’acte enregistre."""
        donnees = self.cleaned_data
        return Fiche(
            prenom=donnees.get("prenom", ""),
            nom=donnees.get("nom", ""),
            role=Role(donnees["role"]),
            territoires=list(donnees.get("territoires", ())),
        )


class AdhesionInline(admin.TabularInline[Adhesion, Personne]):
    """Les organismes d’un porteur."""

    model = Adhesion
    fields = ("organisme", "role")
    autocomplete_fields = ("organisme",)
    extra = 0


@admin.register(Personne)
class PersonneAdmin(admin.ModelAdmin[Personne]):
    """Créer, modifier, fermer et rouvrir un compte. Un compte ne se supprime pas."""

    form = PersonneForm
    inlines = (AdhesionInline,)
    list_display = ("nom_complet", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "territoires")
    search_fields = ("nom", "prenom", "email")
    filter_horizontal = ("territoires",)
    actions = ("fermer", "rouvrir")
    list_per_page = 50

    def get_form(self, request: HttpRequest, obj: Personne | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 (signature de Django)
        """Le formulaire sait qui l’enregistre."""
        formulaire = super().get_form(request, obj, change=change, **kwargs)
        formulaire.auteur = personne_de(request)  # type: ignore[attr-defined]  # la classe vient d’être faite pour lui
        return formulaire

    def get_readonly_fields(self, request: HttpRequest, obj: Personne | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """L’adresse est l’identifiant : elle ne change plus une fois le compte créé."""
        return ("email", "is_active", "cree_le", "last_login") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Personne | None) -> Any:  # noqa: ARG002 (signature de Django)
        """Les organismes se disent une fois le porteur créé."""
        return self.inlines if obj and obj.role == Role.PORTEUR else ()

    def has_delete_permission(self, request: HttpRequest, obj: Personne | None = None) -> bool:  # noqa: ARG002
        """Un compte se ferme : ses actes restent signés."""
        return False

    def save_model(self, request: HttpRequest, obj: Personne, form: Any, change: bool) -> None:  # noqa: FBT001
        """Par l’acte. À la création, la personne reçoit le lien où choisir son mot de passe."""
        auteur, fiche = personne_de(request), cast(PersonneForm, form).fiche()
        if change:
            modifier_personne(auteur=auteur, pk=obj.pk, fiche=fiche)
            return
        nouvelle = NouvellePersonne(obj.email, fiche.prenom, fiche.nom, fiche.role, fiche.territoires)
        obj.pk = creer_personne(auteur=auteur, nouvelle=nouvelle, mot_de_passe=None).pk
        self._envoyer_le_lien(request, obj.email)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Les territoires sont déjà écrits par l’acte ; restent les organismes."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        """Rattacher et détacher, par leurs actes."""
        auteur = personne_de(request)
        adhesions = formset.save(commit=False)
        for adhesion in formset.deleted_objects:
            detacher(auteur=auteur, adhesion=adhesion)
        for adhesion in adhesions:
            rattacher(
                auteur=auteur,
                personne=adhesion.personne,
                organisme=adhesion.organisme,
                role=RoleOrganisme(adhesion.role),
            )

    def _envoyer_le_lien(self, request: HttpRequest, email: str) -> None:
        formulaire = MotDePasseOublieForm({"email": email})
        if formulaire.is_valid():
            formulaire.save(request)
        messages.info(request, f"{email} reçoit un courriel pour choisir son mot de passe.")

    @admin.action(description="Fermer les comptes choisis")
    def fermer(self, request: HttpRequest, queryset: QuerySet[Personne]) -> None:
        """Ferme, sauf son propre compte."""
        for personne in queryset:
            try:
                fermer_compte(auteur=personne_de(request), pk=personne.pk)
            except ValidationError as refus:
                messages.error(request, " ".join(refus.messages))

    @admin.action(description="Rouvrir les comptes choisis")
    def rouvrir(self, request: HttpRequest, queryset: QuerySet[Personne]) -> None:
        """Rouvre."""
        for personne in queryset:
            rouvrir_compte(auteur=personne_de(request), pk=personne.pk)


@admin.register(Courriel)
class CourrielAdmin(LectureSeule):
    """La boîte d’envoi et le sort de chaque courriel. Ceux qui ont échoué se relancent."""

    list_display = ("objet", "destinataire", "etat", "essais", "cree_le", "envoye_le")
    list_filter = ("etat", "est_sensible")
    search_fields = ("destinataire", "objet")
    actions = ("relancer",)
    fields = (
        *("destinataire", "objet", "etat", "essais", "erreur", "cree_le", "prochain_essai_le", "envoye_le"),
        *("est_sensible", "efface_le", "texte_lisible"),
    )
    readonly_fields = ("texte_lisible",)

    @admin.display(description="texte")
    def texte_lisible(self, courriel: Courriel) -> str:
        """Le texte, sauf d’un courriel dont le lien ouvre une porte à lui seul."""
        return "masqué : il porte un lien secret" if courriel.est_sensible else courriel.texte

    def get_queryset(self, request: HttpRequest) -> QuerySet[Courriel]:
        """Sans les textes : la liste n’en montre aucun."""
        return super().get_queryset(request).defer("texte", "html")

    @admin.action(description="Relancer les courriels choisis, s’ils ont échoué")
    def relancer(self, request: HttpRequest, queryset: QuerySet[Courriel]) -> None:
        """Un refus se dit pour chaque courriel ; les autres repartent."""
        repartis = 0
        for courriel in queryset:
            try:
                relancer_un_courriel(auteur=personne_de(request), pk=courriel.pk)
            except PassageRefuse as refus:
                messages.error(request, f"{courriel} : {refus}")
            else:
                repartis += 1
        if repartis:
            messages.success(request, f"{repartis} courriel(s) dans la file.")


@admin.register(Organisme)
class OrganismeAdmin(LectureSeule):
    """Les organismes se lisent ; ils naissent du dépôt et des imports."""

    list_display = ("nom", "siret", "rna", "forme_juridique", "commune")
    list_filter = ("forme_juridique",)
    search_fields = ("nom_tri", "siret", "rna")
    list_select_related = ("commune",)
