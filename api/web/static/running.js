"use strict";
// Comfort for those who run a challenge; every step works without it.

// One box ticks all others of its form's page.
document.querySelectorAll("[data-tick-all]").forEach((line) => {
  line.hidden = false;
  const all = line.querySelector("input"), boxes = () => line.parentElement.querySelectorAll("input[type=checkbox][name]");
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
});

// Pairs: keys act on the pair at hand, which is the one last chosen or focused.
const pairs = [...document.querySelectorAll("[data-pair]")];
if (pairs.length) {
  let at = Math.max(0, pairs.findIndex((pair) => `#${pair.id}` === location.hash));
  const choose = (number) => {
    pairs[at].classList.remove("at-hand");
    at = Math.min(Math.max(number, 0), pairs.length - 1);
    pairs[at].classList.add("at-hand");
  };
  const go = (number) => { choose(number); pairs[at].focus({ preventScroll: true }); pairs[at].scrollIntoView({ block: "nearest" }); };
  choose(at);
  addEventListener("hashchange", () => { const found = pairs.findIndex((pair) => `#${pair.id}` === location.hash); if (found >= 0) go(found); });
  document.addEventListener("focusin", (event) => { const found = pairs.findIndex((pair) => pair.contains(event.target)); if (found >= 0) choose(found); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (/^(TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.type === "text") return;
    const key = event.key.toLowerCase();
    if (key === "p") { event.preventDefault(); go(at - 1); return; }
    const target = pairs[at].querySelector(`[data-verdict="${CSS.escape(key)}"]:not([disabled])`);
    if (!target) return;
    event.preventDefault();
    const next = target.hash ? pairs.findIndex((pair) => `#${pair.id}` === target.hash) : -1;
    if (next < 0) { target.click(); return; }
    // Not by a click: what the browser tells of the new address comes late, and would undo the key pressed after this one.
    history.replaceState(null, "", target.hash);
    go(next);
  });
}
