"use strict";
// Comfort for those who run a challenge; every step works without it.

// One box ticks all others of its form's page.
document.querySelectorAll("[data-tick-all]").forEach((line) => {
  line.hidden = false;
  const all = line.querySelector("input"), boxes = () => line.parentElement.querySelectorAll("input[name]");
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
});
