"use strict";
// How far a file is: sent, by what the browser has sent; read, by asking the page for itself. Reloading works without.
const EVERY = 2000;

async function look() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer || !answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("runs");
  if (fresh) document.getElementById("runs").replaceChildren(...fresh.childNodes);
}

let looking = document.querySelector("[data-goes-on]") && setInterval(async () => {
  await look();
  if (!document.querySelector("[data-goes-on]")) clearInterval(looking);
}, EVERY);

function follow(form) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const sending = new XMLHttpRequest(), button = form.querySelector("button");
    const failed = () => {
      clearInterval(looking);
      part("sending").hidden = part("reading").hidden = true;
      button.disabled = false;
      part("failed").textContent = form.dataset.lost;
      part("failed").hidden = false;
    };
    sending.upload.addEventListener("progress", (now) => {
      if (now.lengthComputable) part("sending").querySelector("progress").value = now.loaded / now.total;
    });
    sending.upload.addEventListener("load", () => {
      part("sending").hidden = true;
      part("reading").hidden = false;
      looking = setInterval(look, EVERY);
    });
    sending.addEventListener("error", failed);
    sending.addEventListener("load", () => {
      clearInterval(looking);
      if (sending.status === 200) { location.assign(sending.responseURL); return; }
      const answer = new DOMParser().parseFromString(sending.responseText, "text/html").getElementById("main");
      if (!answer) { failed(); return; }
      document.getElementById("main").replaceChildren(...answer.childNodes);
      document.querySelectorAll("[data-import]").forEach(follow);
      document.querySelector("[role=alert] a")?.focus();
    });
    part("failed").hidden = true;
    part("sending").hidden = false;
    button.disabled = true;
    sending.open("POST", form.action);
    sending.setRequestHeader("accept", "text/html");
    sending.setRequestHeader("x-csrf-token", form.elements.csrf_token.value);
    sending.send(new FormData(form));
  });
}
document.querySelectorAll("[data-import]").forEach(follow);
