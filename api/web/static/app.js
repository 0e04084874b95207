"use strict";
// Comfort only: every step works without this file.

// A form is sent once; the server answers a repetition as the first time anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  if (form.dataset.keep) sessionStorage.removeItem(keepKey(form));
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[method=post] button").forEach((button) => { button.disabled = false; });
});

// Keys for the buttons of a card, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const key = CSS.escape(event.key.toLowerCase());
  const target = document.querySelector(`[data-key="${key}"]:not([disabled]), [data-key-link="${key}"]`);
  if (target) { event.preventDefault(); target.click(); }
});

// Swiping a card to the right says yes, to the left no.
const card = document.querySelector(".feed-card");
if (card) {
  let from = null;
  const direction = (event) => {
    const across = event.clientX - from.x;
    return Math.abs(across) < 80 || Math.abs(event.clientY - from.y) > 60 ? "" : across > 0 ? "yes" : "no";
  };
  card.addEventListener("pointerdown", (event) => { if (event.pointerType !== "mouse") from = { x: event.clientX, y: event.clientY }; });
  card.addEventListener("pointermove", (event) => { if (from) card.dataset.drag = direction(event); });
  card.addEventListener("pointercancel", () => { from = null; card.dataset.drag = ""; });
  card.addEventListener("pointerup", (event) => {
    const button = from && document.querySelector(`.answer-${direction(event) || "none"}`);
    from = null;
    card.dataset.drag = "";
    if (button) button.click();
  });
}

// What is typed stays in this tab until it is sent, also when the session ends meanwhile.
function keepKey(form) { return `keep:${form.dataset.keep}`; }
document.querySelectorAll("form[data-keep]").forEach((form) => {
  const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.tagName !== "BUTTON");
  const kept = JSON.parse(sessionStorage.getItem(keepKey(form)) || "null");
  if (kept) fields.forEach((field) => { if (kept[field.name] && field.value === field.defaultValue) field.value = kept[field.name]; });
  form.addEventListener("input", () => {
    sessionStorage.setItem(keepKey(form), JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  });
});

// Similar ideas appear while an idea is being typed; without this, the button asks for them.
const similar = document.querySelector("[data-similar]");
if (similar) {
  let timer, asked = "";
  similar.form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const typed = new FormData(similar.form);
      const text = `${typed.get("title")} ${typed.get("body")}`.trim();
      if (text.length < 12 || text === asked) return;
      asked = text;
      typed.delete("once");
      typed.set("button", "similar");
      const answer = await fetch(similar.form.action, { method: "POST", body: new URLSearchParams(typed), headers: { "x-part": "similar" } });
      if (answer.ok && asked === text) document.getElementById("similar").innerHTML = await answer.text();
    }, 600);
  });
}
