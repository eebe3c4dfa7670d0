// Les totaux du budget à la frappe. Les mêmes règles et les mêmes phrases que projets/rules/budget.py,
// euros.py et controles_budget.py : un essai compare les deux. Sans script, la page les montre après enregistrement.
"use strict";

(() => {
  const cadre = document.querySelector("[data-budget]");
  if (!cadre) return;
  const ANNEES = cadre.dataset.budget.split(" ");
  const SILENCE = 1500; // ms sans frappe avant de dire l’équilibre à un lecteur d’écran
  const ENTIER = /^0*([0-9]{1,8})(?:[.,]0{1,2})?$/;

  // Les montants restent des euros entiers.
  const lire = (texte) => {
    const trouve = ENTIER.exec(texte.replace(/\s/g, "").replace(/€$/, "") || "0");
    return trouve ? Number(trouve[1]) : 0;
  };
  const ecrire = (euros) => `${String(euros).replace(/\B(?=(\d{3})+$)/g, "\u202f")}\u00a0€`;
  const coche = (nom) => cadre.querySelector(`input[name="${nom}"]`).checked;

  const additionner = () => {
    const sommes = new Map();
    const ajouter = (cle, montant) => sommes.set(cle, (sommes.get(cle) || 0) + montant);
    for (const champ of cadre.querySelectorAll("input[data-cote]")) {
      const { cote, groupe, ligne, annee } = champ.dataset;
      const montant = lire(champ.value);
      for (const cle of [`cote/${cote}`, `groupe/${groupe}`, `ligne/${ligne}`]) {
        ajouter(cle, montant);
        ajouter(`${cle}/${annee}`, montant);
      }
    }
    return sommes;
  };

  const compter = () => {
    const sommes = additionner();
    const total = (cle) => sommes.get(cle) || 0;
    const excedentAssume = coche("budget_excedent");
    const insuffisanceAssumee = coche("budget_insuffisance");
    const annees = ANNEES.map((annee) => {
      const cout = total(`cote/charge/${annee}`);
      const ecart = total(`cote/produit/${annee}`) - cout;
      const excedent = excedentAssume ? Math.max(0, ecart) : 0;
      const insuffisance = insuffisanceAssumee ? Math.max(0, -ecart) : 0;
      for (const [cle, montant] of [["calcul/EXC", excedent], ["calcul/INS", insuffisance]]) {
        sommes.set(`${cle}/${annee}`, montant);
        sommes.set(cle, total(cle) + montant);
      }
      return {
        annee,
        cout,
        demande: total(`ligne/74dep/${annee}`),
        ecart: ecart - excedent + insuffisance,
        nature: total(`cote/produit_nature/${annee}`) - total(`cote/charge_nature/${annee}`),
      };
    });
    return { total, annees, cout: total("cote/charge"), produits: total("cote/produit"), demande: total("ligne/74dep") };
  };

  const direLEcart = (ecart) =>
    ecart < 0
      ? `les charges dépassent les produits de ${ecrire(-ecart)}.`
      : `les produits dépassent les charges de ${ecrire(ecart)}.`;

  const constater = ({ annees, cout, produits, demande }) => {
    if (!cout && !produits) {
      return { favorable: false, titre: "Budget encore vide.", phrases: ["Tapez les charges et les produits de chaque année."] };
    }
    const equilibre = annees.every((a) => !a.ecart && !a.nature);
    const depasse = annees.filter((a) => a.demande > a.cout);
    const phrases = [
      ...annees.filter((a) => a.ecart).map((a) => `${a.annee} : ${direLEcart(a.ecart)}`),
      ...annees.filter((a) => a.nature).map((a) => `${a.annee} : les comptes 86 et 87 diffèrent de ${ecrire(Math.abs(a.nature))}.`),
      ...depasse.map((a) => `${a.annee} : la demande au Département (${ecrire(a.demande)}) dépasse le coût (${ecrire(a.cout)}).`),
    ];
    if (cout && !depasse.length) {
      const part = Math.floor((200 * demande + cout) / (2 * cout));
      phrases.push(`Le Département financerait ${part}\u00a0% de l’action.`);
    }
    return {
      favorable: equilibre && !depasse.length,
      titre: equilibre ? "Budget équilibré chaque année." : "Budget à équilibrer.",
      phrases,
    };
  };

  const bandeau = document.getElementById("equilibre");
  let minuterie = 0;
  let dit = bandeau.textContent.replace(/\s+/g, " ").trim();

  const annoncer = (texte) => {
    window.clearTimeout(minuterie);
    minuterie = window.setTimeout(() => {
      if (texte === dit) return;
      dit = texte;
      document.getElementById("annonce").textContent = texte;
    }, SILENCE);
  };

  const recompter = () => {
    const comptes = compter();
    for (const somme of cadre.querySelectorAll("[data-total]")) somme.textContent = ecrire(comptes.total(somme.dataset.total));
    const { favorable, titre, phrases } = constater(comptes);
    bandeau.classList.toggle("favorable", favorable);
    bandeau.querySelector("[data-titre]").textContent = titre;
    bandeau.querySelector("[data-phrases]").replaceChildren(
      ...phrases.map((phrase) => {
        const ligne = document.createElement("li");
        ligne.textContent = phrase;
        return ligne;
      }),
    );
    annoncer([titre, ...phrases].join(" "));
  };

  cadre.addEventListener("input", recompter);
  cadre.addEventListener("change", recompter);
  window.addEventListener("pageshow", recompter); // au retour arrière, le navigateur remet ce qui était tapé

  // Un financeur vient d’être ajouté : on tape son nom aussitôt.
  const vise = document.getElementById(window.location.hash.slice(1));
  if (vise && vise.matches("input") && !document.querySelector(".resume-erreurs")) vise.focus();
})();
