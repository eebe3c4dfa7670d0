// Dire qui d’autre a ce projet ouvert. Une panne, une session expirée, un refus se taisent : rien ici n’est essentiel,
// et la page peut porter un texte en cours de frappe.
"use strict";

(() => {
  const zone = document.querySelector("[data-presence]");
  if (!zone) return;
  const RYTHME = 20000; // ms
  const jeton = zone.querySelector("input[name=csrfmiddlewaretoken]").value;
  const texte = zone.querySelector("[role=status]");
  const accueil = zone.dataset.fait || "consulte";
  let fait = accueil;

  // Le départ d’une page peut arriver après l’arrivée sur la suivante : il dit de laquelle on part.
  const page = String(performance.timeOrigin + Math.random());
  const corps = (quoi) => new URLSearchParams({ csrfmiddlewaretoken: jeton, fait: quoi, page });

  const battre = async () => {
    if (document.hidden) return;
    try {
      const reponse = await fetch(zone.dataset.presence, { method: "POST", body: corps(fait), redirect: "manual" });
      if (!reponse.ok) return;
      const dit = await reponse.text();
      if (dit === texte.textContent) return; // ce qui n’a pas changé n’est pas redit à un lecteur d’écran
      texte.textContent = dit;
      texte.className = dit ? "message" : "mb-0"; // la zone reste là, vide : un lecteur d’écran n’annonce que ce qu’il surveille déjà
    } catch {
      // Le serveur ne répond pas : la page le dira quand on y fera quelque chose.
    }
  };

  // Entrer dans un formulaire de notation ou d’avis se dit aussitôt aux collègues ; en sortir pour un autre endroit aussi.
  document.addEventListener("focusin", ({ target }) => {
    const cadre = target.closest("[data-fait]");
    const nouveau = cadre ? cadre.dataset.fait : accueil;
    if (nouveau === fait) return;
    fait = nouveau;
    battre();
  });
  document.addEventListener("visibilitychange", battre);
  window.addEventListener("pagehide", () => navigator.sendBeacon(zone.dataset.presence, corps("part")));
  window.addEventListener("pageshow", battre);
  setInterval(battre, RYTHME);
})();
