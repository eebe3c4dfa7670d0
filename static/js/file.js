// La file d’instruction : tout cocher, compter les cases, et passer d’un projet à l’autre au clavier ; sur la fiche, ouvrir la précision d’un « non ». Rien n’en dépend.
"use strict";

(() => {
  const ECRIT = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

  // Alt + flèche : un raccourci d’une seule touche gênerait qui dicte ou tape. Rien pendant que l’on écrit.
  document.addEventListener("keydown", (evenement) => {
    if (!evenement.altKey || evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
    if (evenement.target instanceof Element && evenement.target.closest(ECRIT)) return;
    const lien = document.querySelector(`a[data-raccourci="${CSS.escape(evenement.key)}"]`);
    if (!lien) return;
    evenement.preventDefault();
    lien.click();
  });

  const cases = (formulaire) => [...formulaire.querySelectorAll("tbody input[name=projets]")];

  const compter = (formulaire) => {
    const toutes = cases(formulaire);
    const cochees = toutes.filter((une) => une.checked).length;
    const compte = formulaire.querySelector("[data-coches]");
    if (compte) compte.textContent = cochees === 0 ? "Aucun projet coché" : cochees === 1 ? "1 projet coché" : `${cochees} projets cochés`;
    const tout = formulaire.querySelector("[data-tout-cocher]");
    if (!tout) return;
    tout.checked = cochees > 0 && cochees === toutes.length;
    tout.indeterminate = cochees > 0 && cochees < toutes.length;
  };

  const regler = () => {
    for (const formulaire of document.querySelectorAll("form[data-lot]")) {
      const tout = formulaire.querySelector("[data-tout-cocher]");
      if (tout) tout.hidden = false;
      compter(formulaire);
    }
  };

  document.addEventListener("change", ({ target }) => {
    const formulaire = target instanceof Element ? target.closest("form[data-lot]") : null;
    if (!formulaire) return;
    if (target.matches("[data-tout-cocher]")) for (const une of cases(formulaire)) une.checked = target.checked;
    compter(formulaire);
  });
  // Un « non » demande ce qui ne convient pas : sa précision s’ouvre.
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof Element) || !target.matches(".points input[type=radio][value=non]")) return;
    const precision = target.closest("li").querySelector("details");
    if (precision) precision.open = true;
  });
  document.addEventListener("htmx:afterSettle", regler);
  regler();
})();
