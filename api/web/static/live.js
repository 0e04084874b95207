"use strict";
// Live pages: told of a change, the page asks for itself again and takes over the parts marked data-live.
// When the connection is lost for long, it does the same every half minute and says so; without this, reloading works.
const watched = document.querySelector("[data-events]");
const SLOW = 30000;
// A page out of sight leaves its stream to others after a moment.
const LEAVE = 5000;
// By HTTP/1.1 browsers open six connections for all pages of a site together: at most these are streams.
const STREAMS = ["one", "two", "three"];

if (watched) {
  // Where many watch, the page says how long to leave it alone, and each one looks at a moment of its own.
  const PAUSE = 1000 * Number(watched.dataset.pause) * (1 + Math.random() / 4);
  const place = watched.dataset.events, lost = document.getElementById("live-lost");
  let waiting = null, last = Date.now(), seen = null, leaving = null, watching = null, others = null, said = null;

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
      part.querySelectorAll("details").forEach((one, number) => { one.open = open[number] ?? one.open; });
    });
  }
  function soon() { waiting ??= setTimeout(refresh, Math.max(0, last + PAUSE - Date.now())); }

  // The pages of a browser that show the same share one stream: the page that holds it tells the others what it hears.
  function hear({ kind, mark }) {
    if (kind !== "look") lost.hidden = kind !== "lost";
    // A stream that was opened again tells the last mark once more: what it stands for was looked at.
    if (kind === "look" || (kind === "changed" && mark !== seen)) { seen = mark; soon(); }
  }
  function say(message) {
    if (message.kind !== "look") said = message;
    hear(message);
    others?.postMessage(message);
  }
  // Until the page leaves.
  function follow(signal) {
    return new Promise((done) => {
      let source, polling = null;
      function connected() { clearInterval(polling); polling = null; }
      function disconnected() {
        say({ kind: "lost" });
        polling ??= setInterval(() => { say({ kind: "look" }); if (source.readyState === EventSource.CLOSED) connect(); }, SLOW);
      }
      function connect() {
        source = new EventSource(place);
        source.addEventListener("open", () => { connected(); say({ kind: "open" }); });
        source.addEventListener("changed", ({ data }) => { connected(); say({ kind: "changed", mark: data }); });
        // A stream that ends is opened again by the browser; only one that stays away counts as lost.
        source.addEventListener("error", () => setTimeout(() => { if (!signal.aborted && source.readyState !== EventSource.OPEN) disconnected(); }, 8000));
      }
      signal.addEventListener("abort", () => { source.close(); connected(); said = null; done(); }, { once: true });
      connect();
    });
  }
  // A while, or until the page leaves.
  function pause(signal) {
    return new Promise((done) => {
      const ended = () => { clearTimeout(timer); signal.removeEventListener("abort", ended); done(); };
      const timer = setTimeout(ended, SLOW);
      signal.addEventListener("abort", ended);
    });
  }
  // With every stream in use by pages that show something else, this one and those like it look now and then.
  async function lead(signal) {
    while (!signal.aborted) {
      for (const stream of STREAMS) {
        await navigator.locks.request(`live stream ${stream}`, { ifAvailable: true }, (lock) => lock && !signal.aborted && follow(signal));
        if (signal.aborted) return;
      }
      say({ kind: "look" });
      await pause(signal);
    }
  }
  function join() {
    if (watching) return;
    watching = new AbortController();
    const { signal } = watching;
    // Browsers offer locks to pages by HTTPS alone, and of this machine: elsewhere each page has a stream of its own.
    if (!navigator.locks) { follow(signal); return; }
    others = new BroadcastChannel(`live ${place}`);
    others.addEventListener("message", ({ data }) => { if (data.kind !== "asks") hear(data); else if (said) others.postMessage(said); });
    others.postMessage({ kind: "asks" });
    navigator.locks.request(`live ${place}`, { signal }, () => lead(signal)).catch(() => null);
  }
  function leave() {
    watching?.abort();
    others?.close();
    watching = others = null;
  }
  if (!document.hidden) join();
  // Once in sight again, the first mark it is told shows whether something happened meanwhile.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(leave, LEAVE);
    else join();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", () => { if (!document.hidden) join(); });
}
