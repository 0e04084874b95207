"use strict";
// Comfort only: every step works without this file.
let keeping = false, leaving = false, pressed = null;

// A form is sent once; the server answers a repetition as the first time anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  if (form.dataset.keep) sessionStorage.setItem("sent", keepKey(form));
});
addEventListener("pageshow", () => {
  leaving = false;
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

// Swiping a card to the right says yes, to the left no, where the voting has such answers.
const card = document.querySelector(".feed-card");
if (card && document.querySelector("[data-swipe]")) {
  let from = null;
  const direction = (event) => {
    const across = event.clientX - from.x;
    return Math.abs(across) < 80 || Math.abs(event.clientY - from.y) > 60 ? "" : across > 0 ? "right" : "left";
  };
  card.addEventListener("pointerdown", (event) => { if (event.pointerType !== "mouse") from = { x: event.clientX, y: event.clientY }; });
  card.addEventListener("pointermove", (event) => { if (from) card.dataset.drag = direction(event); });
  card.addEventListener("pointercancel", () => { from = null; card.dataset.drag = ""; });
  card.addEventListener("pointerup", (event) => {
    const button = from && document.querySelector(`[data-swipe="${direction(event) || "none"}"]`);
    from = null;
    card.dataset.drag = "";
    if (button) button.click();
  });
}

// What is typed stays in this tab until it has arrived, also when the session ends meanwhile: then the person signs in,
// comes back to the form and finds it again.
const sent = sessionStorage.getItem("sent");
if (sent && !/^\/(sign-in|policy)/.test(location.pathname)) {
  if (!document.querySelector(`form[data-keep="${CSS.escape(sent.slice(5))}"]`)) sessionStorage.removeItem(sent);
  sessionStorage.removeItem("sent");
}
function keepKey(form) { return `keep:${form.dataset.keep}`; }
document.querySelectorAll("form[data-keep]").forEach((form) => {
  const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.tagName !== "BUTTON");
  const kept = JSON.parse(sessionStorage.getItem(keepKey(form)) || "null");
  if (kept) fields.forEach((field) => { if (kept[field.name] && field.value === field.defaultValue) field.value = kept[field.name]; });
  form.addEventListener("input", () => {
    sessionStorage.setItem(keepKey(form), JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  });
});

// A text that the server keeps as a draft while it is typed: from the first time on the form is that draft's.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id !== "kept") return;
  if (leaving) event.preventDefault(); else keeping = true;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const kept = event.target;
  if (kept.id !== "kept") return;
  keeping = false;
  const form = kept.closest("form"), done = kept.querySelector("[data-kept-at]");
  if (done) {
    sessionStorage.removeItem(keepKey(form));
    form.action = form.dataset.keep = done.dataset.keptAt;
    history.replaceState(null, "", form.action);
  } else if (event.detail.failed) {
    const said = kept.querySelector("p") || kept.appendChild(document.createElement("p"));
    said.className = "small wrong";
    said.textContent = kept.dataset.failed;
  }
  if (pressed) { form.requestSubmit(pressed); pressed = null; }
});
// Sent while the draft is on its way, the form would know neither its place nor its version.
document.addEventListener("submit", (event) => {
  if (!event.target.querySelector("#kept")) return;
  leaving = !keeping;
  if (leaving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  pressed = event.submitter;
}, true);
