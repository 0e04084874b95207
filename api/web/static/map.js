"use strict";
// The map: hover, tap or focus reads an idea beside it; arrow keys go from point to point. Without this, points are links.
const reading = document.getElementById("reading");
const points = [...document.querySelectorAll("[data-points] > a")];
const cards = new Map();
let shown = null, timer;

async function read(point) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const address = `${point.getAttribute("href")}/card`;
    if (!cards.has(address)) {
      const answer = await fetch(address);
      if (!answer.ok) return;
      cards.set(address, await answer.text());
    }
    document.querySelector(".spot.chosen")?.classList.remove("chosen");
    point.firstElementChild.classList.add("chosen");
    shown = point;
    reading.innerHTML = cards.get(address);
  }, 120);
}

// One stop of the tab key for all points; arrows go to the nearest in their direction.
function place(point) {
  const circle = point.firstElementChild;
  return [Number(circle.getAttribute("cx")), Number(circle.getAttribute("cy"))];
}
const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
function next(from, [across, down]) {
  const [x, y] = place(from);
  let best = null, least = Infinity;
  for (const point of points) {
    const [px, py] = place(point), ahead = (px - x) * across + (py - y) * down;
    const aside = Math.abs((px - x) * down) + Math.abs((py - y) * across);
    if (point !== from && ahead > 0 && ahead + 2 * aside < least) { best = point; least = ahead + 2 * aside; }
  }
  return best;
}
points.forEach((point, number) => { if (number) point.setAttribute("tabindex", "-1"); });
document.querySelector("[data-points]")?.addEventListener("keydown", (event) => {
  const from = event.target.closest("a"), to = directions[event.key] && from && next(from, directions[event.key]);
  if (!to) return;
  event.preventDefault();
  from.setAttribute("tabindex", "-1");
  to.removeAttribute("tabindex");
  to.focus();
});

const ideaAt = (event) => event.target.closest("a[data-idea]");
const frame = document.querySelector(".map");
if (frame && points.some((point) => "idea" in point.dataset)) {
  frame.addEventListener("pointerover", (event) => { const point = ideaAt(event); if (point && event.pointerType === "mouse") read(point); });
  frame.addEventListener("focusin", (event) => { const point = ideaAt(event); if (point) read(point); });
  // A first tap reads, a second one opens.
  frame.addEventListener("click", (event) => {
    const point = ideaAt(event);
    if (point && event.pointerType === "touch" && point !== shown) { event.preventDefault(); read(point); }
  });
}
