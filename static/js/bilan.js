// Le compte rendu financier d’un bilan à la frappe : totaux, écarts, ce qui est à expliquer. Les mêmes règles que
// financements/rules/bilan.py. Sans script, la page les montre après enregistrement.
"use strict";

(() => {
  const cadre = document.querySelector("[data-bilan]");
  if (!cadre) return;
  const ENTIER = /^0*([0-9]{1,8})(?:[.,]0{1,2})?$/;
  const TOTAL = "TOTAL";
  const CALCULES = { "resultat/EXC": 1, "resultat/INS": -1 };
  const pourcent = Number(cadre.dataset.seuilPourcent);
  const plancher = Number(cadre.dataset.seuilCentimes);

  // Les montants sont des centimes entiers, comme au serveur.
  const lire = (texte) => {
    const trouve = ENTIER.exec(texte.replace(/\s/g, "").replace(/€$/, "") || "0");
    return trouve ? Number(trouve[1]) * 100 : 0;
  };
  const ecrire = (centimes) => {
    const positif = Math.abs(centimes);
    const entier = String(Math.floor(positif / 100)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
    return `${centimes < 0 ? "\u2212" : ""}${entier},${String(positif % 100).padStart(2, "0")}\u00a0€`;
  };
  const signer = (centimes) => (centimes > 0 ? `+${ecrire(centimes)}` : ecrire(centimes));
  const depasse = (prevu, realise) => {
    const ecart = Math.abs(realise - prevu);
    return ecart > plancher && 100 * ecart > pourcent * prevu;
  };

  const additionner = () => {
    const sommes = new Map();
    for (const champ of cadre.querySelectorAll("input[data-cote]")) {
      const { cote, groupe, ligne } = champ.dataset;
      for (const cle of [`cote/${cote}`, `groupe/${groupe}`, `ligne/${ligne}`]) {
        sommes.set(cle, (sommes.get(cle) || 0) + lire(champ.value));
      }
    }
    const ecart = (sommes.get("cote/produit") || 0) - (sommes.get("cote/charge") || 0);
    const assume = cadre.querySelector("input[name='resultat_assume']").checked;
    for (const [cle, sens] of Object.entries(CALCULES)) sommes.set(cle, assume ? Math.max(0, sens * ecart) : 0);
    return { sommes, ecart };
  };

  const direLeResultat = (ecart) => {
    if (!ecart) return "Les produits égalent les charges.";
    return ecart > 0
      ? `Les produits dépassent les charges de ${ecrire(ecart)}\u00a0: excédent.`
      : `Les charges dépassent les produits de ${ecrire(-ecart)}\u00a0: insuffisance.`;
  };

  const recompter = () => {
    const { sommes, ecart } = additionner();
    const total = (cle) => sommes.get(cle) || 0;
    for (const somme of cadre.querySelectorAll("[data-total]")) somme.textContent = ecrire(total(somme.dataset.total));
    for (const place of cadre.querySelectorAll("[data-ecart-de]")) {
      const [realise, prevu] = [total(place.dataset.ecartDe), Number(place.dataset.prevu)];
      place.textContent = realise || prevu ? signer(realise - prevu) : "";
    }
    const resultat = cadre.querySelector("[data-equilibre]");
    const phrase = direLeResultat(ecart);
    if (resultat.textContent !== phrase) resultat.textContent = phrase;
    let montrees = 0;
    for (const boite of cadre.querySelectorAll("[data-poste]")) {
      const prevu = Number(boite.dataset.prevu);
      const realise = total(boite.dataset.poste === TOTAL ? "cote/charge" : `groupe/${boite.dataset.poste}`);
      boite.querySelector("[data-ecart]").textContent = `${ecrire(realise)} pour ${ecrire(prevu)} prévus`;
      boite.hidden = !depasse(prevu, realise) && !boite.querySelector("textarea").value;
      montrees += boite.hidden ? 0 : 1;
    }
    cadre.querySelector("[data-sans-ecart]").hidden = montrees > 0;
  };

  cadre.addEventListener("input", recompter);
  cadre.addEventListener("change", recompter);
  window.addEventListener("pageshow", recompter); // au retour arrière, le navigateur remet ce qui était tapé
})();
