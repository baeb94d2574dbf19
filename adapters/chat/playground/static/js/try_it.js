// Trying a real statement in a target system, as the person one is.

import { buildTable } from "./cards.js";
import { announce, fill, h } from "./base/dom.js";
import { icon } from "./base/icons.js";
import { shortTime } from "./base/instants.js";
import { ask, tell } from "./base/server.js";
import { authorOf, store } from "./base/store.js";

const RESULTS_MAX = 12; // what came before is no news
const GLANCE = 2000; // milliseconds: a session that the server ends is seen this soon

const SESSIONS = {
  none: "No session open",
  new: "Session open",
  kept: "Session open",
  ended: "Session ended by the server",
};

/** Makes the panel's body; it remembers its results while the page is open. */
export function makeTryIt() {
  const chosen = { prepared: store.prepared[0] ?? null, isRunning: false };
  const statements = h("div", {
    class: "statements",
    role: "group",
    "aria-label": "Prepared statements",
  });
  const area = h("textarea", {
    class: "input",
    rows: 4,
    spellcheck: "false",
    "aria-label": "Statement",
    autocapitalize: "off",
  });
  const run = h(
    "button",
    { type: "button", class: "button primary", click: () => attempt() },
    "Run",
  );
  const session = h("span", { class: "session", role: "status" });
  const results = h("div", { class: "results" });
  const element = h(
    "div",
    { class: "try" },
    h(
      "p",
      { class: "about" },
      `Runs in ${store.company}’s real database, with ${authorOf(store.me).name}’s own login. What succeeds here is what ${authorOf(store.me).name.split(" ")[0]} may really do.`,
    ),
    h("div", {}, h("h3", {}, "Statements"), statements),
    h("div", {}, area, h("div", { class: "run" }, run, session)),
    results,
  );

  area.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Enter" || !(pressed.ctrlKey || pressed.metaKey)) return;
    pressed.preventDefault();
    attempt();
  });

  function choose(prepared) {
    chosen.prepared = prepared;
    area.value = prepared.statement;
    drawStatements();
    glance();
  }

  function drawStatements() {
    for (const [index, prepared] of store.prepared.entries()) {
      statements.children[index].setAttribute("aria-pressed", String(prepared === chosen.prepared));
    }
  }

  function showSession(state) {
    session.className = `session ${state === "new" ? "kept" : state}`;
    if (session.textContent !== SESSIONS[state]) session.textContent = SESSIONS[state];
  }

  async function attempt() {
    if (chosen.isRunning || chosen.prepared === null) return;
    chosen.isRunning = true;
    run.ariaDisabled = run.ariaBusy = "true";
    const statement = area.value;
    try {
      const result = await tell("try", { system: chosen.prepared.system, statement });
      showSession(result.session);
      show(result, statement);
    } catch (failed) {
      show({ ok: false, message: failed.message, columns: [], rows: [] }, statement);
    } finally {
      chosen.isRunning = false;
      run.ariaDisabled = run.ariaBusy = null;
    }
  }

  function show(result, statement) {
    announce(`${result.ok ? "It worked" : "It did not work"}: ${result.message}`);
    results.prepend(buildResult(result, statement));
    while (results.childElementCount > RESULTS_MAX) results.lastChild.remove();
  }

  async function glance() {
    if (!element.isConnected || document.hidden || chosen.isRunning || chosen.prepared === null)
      return;
    const { sessions } = await ask("sessions").catch(() => ({ sessions: {} }));
    showSession(sessions[chosen.prepared.system] ?? "none");
  }

  fill(
    statements,
    store.prepared.map((prepared) =>
      h(
        "button",
        {
          type: "button",
          class: "statement",
          "aria-pressed": "false",
          click: () => choose(prepared),
        },
        h("span", { class: "label" }, prepared.label),
        prepared.entitlement && h("code", {}, prepared.entitlement),
      ),
    ),
  );
  showSession("none");
  if (chosen.prepared) choose(chosen.prepared);
  setInterval(glance, GLANCE);
  return { element, focus: () => statements.querySelector("button")?.focus(), glance };
}

function buildResult(result, statement) {
  return h(
    "div",
    { class: `result ${result.ok ? "ok" : "no"}` },
    h(
      "p",
      { class: "outcome" },
      icon(result.ok ? "good" : "bad"),
      h(
        "span",
        {},
        h("span", { class: "unseen" }, result.ok ? "Worked: " : "Refused: "),
        result.message,
      ),
    ),
    h("p", { class: "source" }, statement.length > 160 ? `${statement.slice(0, 159)}…` : statement),
    result.rows.length > 0 && buildTable(result),
    h("div", { class: "when" }, shortTime(new Date().toISOString())),
  );
}
