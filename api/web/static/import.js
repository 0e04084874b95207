"use strict";
// How far a file is sent, by what the browser has sent; how far it is read, live.js shows. Reloading works without.
function follow(form) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const sending = new XMLHttpRequest(), button = form.querySelector("button");
    const failed = () => {
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
    });
    sending.addEventListener("error", failed);
    sending.addEventListener("load", () => {
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
