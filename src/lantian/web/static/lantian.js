// What every page can do: confirm, keyboard, row walking, copying, refreshing, htmx under a strict policy, late charts and maps.
// A page works without any of it. There is no script in a page: attributes say what is wanted (docs/web.md).

const root = document.documentElement;
const words = document.getElementById("words")?.dataset ?? {};
const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
const typing = (target) => target.closest?.('input:not([type="checkbox"]):not([type="radio"]), select, textarea, [contenteditable]');

// ---- after the first paint: charts and maps --------------------------------------------------------------------

const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 60));
const painted = (work) => requestAnimationFrame(() => setTimeout(() => idle(work), 0));

function drawLate(place = document) {
  const charts = place.querySelectorAll("figure[data-chart]:not([data-seen])");
  const maps = place.querySelectorAll(".map[data-map]:not([data-seen])");
  for (const each of [...charts, ...maps]) each.dataset.seen = "";
  if (charts.length) painted(() => import(root.dataset.charts).then((module) => module.watch(charts)));
  if (maps.length) painted(() => import(root.dataset.map).then((module) => module.watch(maps)));
}

// ---- questions before decisions ----------------------------------------------------------------------------------

const ask = document.getElementById("ask");

function question(text, wantsReason) {
  ask.querySelector("[data-question]").textContent = text;
  const part = ask.querySelector("[data-reason]");
  const reason = part.querySelector("textarea");
  part.hidden = !wantsReason;
  reason.required = wantsReason;
  reason.value = "";
  ask.returnValue = "no";
  ask.showModal();
  (wantsReason ? reason : ask.querySelector("[data-yes]")).focus();
  return new Promise((answered) => {
    ask.addEventListener("close", () => answered(ask.returnValue === "yes" ? { reason: reason.value } : null), { once: true });
  });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button?.form || button.dataset.sure === "yes") {
    if (button) delete button.dataset.sure;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!button.form.reportValidity()) return;
  const answer = await question(button.dataset.confirm, Boolean(button.dataset.confirmReason));
  if (answer === null) return;
  if (button.dataset.confirmReason) {
    const name = button.dataset.confirmReason;
    let field = button.form.elements.namedItem(name);
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name });
      button.form.append(field);
    }
    field.value = answer.reason;
  }
  button.dataset.sure = "yes";
  button.click();
}, true);

document.addEventListener("htmx:confirm", (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  if (!ctx.confirm) return;
  event.preventDefault();
  question(ctx.confirm, false).then((answer) => (answer === null ? dropRequest() : issueRequest()));
});

// ---- htmx ----------------------------------------------------------------------------------------------------------

document.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.request.headers["X-CSRF-Token"] = csrf;
});
document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement.closest?.('[data-faults="here"]')) return;
  ctx.target = document.getElementById("messages");
  ctx.swap = "innerHTML";
  ctx.target.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:error", () => say(words.offline, "bad"));
document.addEventListener("htmx:after:swap", (event) => {
  const part = event.detail.ctx?.target;
  for (const kept of part?.querySelectorAll?.("figure[data-seen], .map[data-seen]") ?? []) kept.dispatchEvent(new Event("renew"));
  drawLate();
});

function say(text, tone = "info") {
  const line = Object.assign(document.createElement("p"), { className: `message tone-${tone}`, textContent: text });
  line.setAttribute("role", tone === "bad" ? "alert" : "status");
  document.getElementById("messages").replaceChildren(line);
}

// ---- fragments that stay fresh while somebody looks: <div data-refresh="/today/now" data-every="60"> ------------------

function keepFresh(part) {
  const renew = () => {
    const busy = part.contains(document.activeElement) && typing(document.activeElement);
    if (document.hidden || busy || document.querySelector("dialog[open]")) return;
    window.htmx?.ajax("GET", part.dataset.refresh, { source: part, target: part, swap: part.dataset.swap ?? "innerMorph" });
  };
  let last = Date.now();
  const seconds = Math.max(5, Number(part.dataset.every) || 60);
  const timer = setInterval(() => {
    if (!part.isConnected) return clearInterval(timer);
    if (document.hidden || Date.now() - last < seconds * 1000) return;
    last = Date.now();
    renew();
  }, 1000);
}

// ---- rows: j, k, Enter, x; a click anywhere on a row with a page ------------------------------------------------------

let at = null;

function walk(step) {
  const rows = [...document.querySelectorAll("table[data-rows] tbody tr")].filter((row) => row.offsetParent !== null);
  if (!rows.length) return;
  const table = at?.isConnected ? at.closest("table") : null;
  const next = table ? rows.indexOf(at) + step : step > 0 ? 0 : rows.length - 1;
  if (next < 0 || next >= rows.length) return;
  at?.classList.remove("at");
  at = rows[next];
  at.classList.add("at");
  at.tabIndex = -1;
  at.focus({ preventScroll: true });
  at.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, select, summary, textarea") || getSelection()?.toString()) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.dataset?.pickAll) {
    const mine = box.closest("table").querySelectorAll(`tbody input[type="checkbox"][name="${CSS.escape(box.dataset.pickAll)}"]`);
    for (const each of mine) each.checked = box.checked;
  }
  const row = box.closest?.("tr");
  if (box.type === "checkbox" && row) row.setAttribute("aria-selected", String(box.checked));
  const filters = box.closest?.("form[data-filters]");
  if (filters && (box.tagName === "SELECT" || ["checkbox", "radio", "date", "month"].includes(box.type))) filters.requestSubmit();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-filters]")) return;
  for (const field of event.target.elements) if (field.name && field.value === "") field.disabled = true; // short addresses
});
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[data-filters] :disabled")) field.disabled = false;
});

// ---- keyboard: ?, g + letter, / and whatever carries data-shortcut ------------------------------------------------------

const rooms = new Map();
for (const link of document.querySelectorAll("a[data-room]")) {
  const letter = [...link.dataset.room].find((each) => !rooms.has(each));
  if (letter) rooms.set(letter, link);
}
const help = document.getElementById("help");

function showHelp() {
  const keys = help.querySelector("[data-keys]");
  for (const old of keys.querySelectorAll("[data-found]")) old.remove();
  const found = [...rooms].map(([letter, link]) => [["g", letter], words.go.replace("{room}", link.querySelector(".room-name").textContent)]);
  for (const each of document.querySelectorAll("[data-shortcut]")) {
    found.push([[each.dataset.shortcut], each.getAttribute("aria-label") ?? each.textContent.trim()]);
  }
  for (const [presses, text] of found) {
    const line = Object.assign(document.createElement("div"), {});
    line.dataset.found = "";
    const key = document.createElement("dt");
    for (const press of presses) key.append(Object.assign(document.createElement("kbd"), { textContent: press }), " ");
    line.append(key, Object.assign(document.createElement("dd"), { textContent: text }));
    keys.append(line);
  }
  help.showModal();
}

const plain = {
  "?": showHelp,
  j: () => walk(1),
  k: () => walk(-1),
  x: () => at?.querySelector('.pick input[type="checkbox"]')?.click(),
  "/": () => document.querySelector('input[type="search"], form[data-filters] :is(input, select)')?.focus(),
  Enter: () => at === document.activeElement && at.dataset.href && location.assign(at.dataset.href),
};
let wentG = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const waited = Date.now() - wentG < 1500;
  wentG = 0;
  if (waited && rooms.has(event.key)) return event.preventDefault(), rooms.get(event.key).click();
  if (event.key === "g") return void (wentG = Date.now());
  const named = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
  if (named && named.offsetParent !== null) {
    event.preventDefault();
    return named.matches("input, select, textarea") ? named.focus() : named.click();
  }
  const act = plain[event.key];
  if (!act || (event.key === "Enter" && !event.target.matches("tr"))) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) showHelp();
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => say(words.copied, "good"));
  for (const menu of document.querySelectorAll("details.who[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.who[open]")) menu.open = false;
});

drawLate();
for (const part of document.querySelectorAll("[data-refresh]")) keepFresh(part);
