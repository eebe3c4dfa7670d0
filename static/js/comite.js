// La séance au clavier : Alt + Page précédente ou suivante change de point. Rien n’en dépend.
"use strict";

document.addEventListener("keydown", (evenement) => {
  if (!evenement.altKey || evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
  const bouton = document.querySelector(`button[data-raccourci="${CSS.escape(evenement.key)}"]:not(:disabled)`);
  if (!bouton) return;
  evenement.preventDefault();
  bouton.click();
});
