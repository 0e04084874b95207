"use strict";
// Live pages: told of a change, the page asks for itself again and takes over the parts marked data-live.
// When the connection is lost for long, it does the same every half minute and says so; without this, reloading works.
const watched = document.querySelector("[data-events]");
const SLOW = 30000;
// A page out of sight gives its stream back after a moment: browsers open six for all pages of a site together.
const LEAVE = 5000;

if (watched) {
  // Where many watch, the page says how long to leave it alone, and each one looks at a moment of its own.
  const PAUSE = 1000 * Number(watched.dataset.pause) * (1 + Math.random() / 4);
  let source, waiting = null, last = Date.now(), polling = null, seen = null, leaving = null;
  const lost = document.getElementById("live-lost");

  const busy = (part) => part.contains(document.activeElement) && document.activeElement !== document.body;
  async function refresh() {
    waiting = null;
    last = Date.now();
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) { seen = null; return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelectorAll("[data-live]").forEach((part) => {
      const now = fresh.getElementById(part.id);
      if (busy(part)) seen = null;
      if (!now || busy(part) || now.innerHTML === part.innerHTML) return;
      const open = [...part.querySelectorAll("details")].map((one) => one.open);
      part.replaceChildren(...now.childNodes);
      part.querySelectorAll("details").forEach((one, place) => { one.open = open[place] ?? one.open; });
    });
  }
  function soon() { waiting ??= setTimeout(refresh, Math.max(0, last + PAUSE - Date.now())); }
  function connected() { clearInterval(polling); polling = null; lost.hidden = true; }
  function disconnected() {
    lost.hidden = false;
    polling ??= setInterval(() => { refresh(); if (source.readyState === EventSource.CLOSED) connect(); }, SLOW);
  }
  function connect() {
    source = new EventSource(watched.dataset.events);
    source.addEventListener("open", connected);
    // A stream that was opened again tells the last mark once more: what it stands for was looked at.
    source.addEventListener("changed", ({ data }) => { connected(); if (data !== seen) { seen = data; soon(); } });
    // A stream that ends is opened again by the browser; only one that stays away counts as lost.
    source.addEventListener("error", () => setTimeout(() => { if (source && source.readyState !== EventSource.OPEN) disconnected(); }, 8000));
  }
  function leave() { source.close(); source = null; clearInterval(polling); polling = null; }
  connect();
  // Once in sight again, the first mark of the new stream tells whether something happened meanwhile.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(leave, LEAVE);
    else if (!source || source.readyState === EventSource.CLOSED) connect();
  });
  addEventListener("pagehide", () => source?.close());
}
