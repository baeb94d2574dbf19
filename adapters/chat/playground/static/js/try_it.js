// Trying a real statement in a target system, as the person one is.

import { announce, fill, h } from "./base/dom.js";
import { icon } from "./base/icons.js";
import { shortTime } from "./base/instants.js";
import { ask, tell } from "./base/server.js";
import { authorOf, store } from "./base/store.js";
import { buildTable } from "./cards.js";

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
  const statements = makeStatements(choose);
  const area = buildArea();
  const run = h("button", { type: "button", class: "button primary", click: attempt }, "Run");
  const session = makeSession();
  const results = h("div", { class: "results" });
  const element = h(
    "div",
    { class: "try" },
    buildAbout(),
    h("div", {}, h("h3", {}, "Statements"), statements.element),
    h("div", {}, area, h("div", { class: "run" }, run, session.element)),
    results,
  );
  let prepared = null;
  let isRunning = false;

  function choose(chosen) {
    prepared = chosen;
    area.value = chosen.statement;
    statements.mark(chosen);
    glance();
  }

  async function attempt() {
    if (isRunning) return;
    isRunning = true;
    run.ariaDisabled = run.ariaBusy = "true";
    const statement = area.value;
    try {
      const result = await tell("try", { system: prepared.system, statement });
      session.show(result.session);
      show(result, statement);
    } catch (failed) {
      show({ ok: false, message: failed.message, columns: [], rows: [] }, statement);
    } finally {
      isRunning = false;
      run.ariaDisabled = run.ariaBusy = null;
    }
  }

  function show(result, statement) {
    announce(`${result.ok ? "It worked" : "It did not work"}: ${result.message}`);
    results.prepend(buildResult(result, statement));
    while (results.childElementCount > RESULTS_MAX) results.lastChild.remove();
  }

  async function glance() {
    if (!element.isConnected || document.hidden || isRunning) return;
    const { sessions } = await ask("sessions").catch(() => ({ sessions: {} }));
    // A statement that ran meanwhile knows better.
    if (!isRunning) session.show(sessions[prepared.system] ?? "none");
  }

  area.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Enter" || !(pressed.ctrlKey || pressed.metaKey)) return;
    pressed.preventDefault();
    attempt();
  });
  choose(store.prepared[0]);
  setInterval(glance, GLANCE);
  return { element, focus: statements.focus, glance };
}

function buildAbout() {
  const { name } = authorOf(store.me);
  const about =
    `Runs in ${store.company}’s real database, with ${name}’s own login. ` +
    `What succeeds here is what ${name.split(" ")[0]} may really do.`;
  return h("p", { class: "about" }, about);
}

function buildArea() {
  return h("textarea", {
    class: "input",
    rows: 4,
    spellcheck: "false",
    autocapitalize: "off",
    "aria-label": "Statement",
  });
}

function makeStatements(choose) {
  const buttons = store.prepared.map((prepared) =>
    h(
      "button",
      { type: "button", class: "statement", click: () => choose(prepared) },
      h("span", { class: "label" }, prepared.label),
      prepared.entitlement && h("code", {}, prepared.entitlement),
    ),
  );
  const label = "Prepared statements";
  const element = h("div", { class: "statements", role: "group", "aria-label": label }, buttons);
  const mark = (chosen) => {
    for (const [index, button] of buttons.entries()) {
      button.setAttribute("aria-pressed", String(store.prepared[index] === chosen));
    }
  };
  return { element, mark, focus: () => buttons[0].focus() };
}

function makeSession() {
  const element = h("span", { role: "status" });
  let shown = null;
  const show = (state) => {
    if (state === shown) return;
    shown = state;
    element.className = `session ${state === "new" ? "kept" : state}`;
    fill(element, SESSIONS[state]);
  };
  show("none");
  return { element, show };
}

function buildResult(result, statement) {
  const word = result.ok ? "Worked: " : "Refused: ";
  return h(
    "div",
    { class: `result ${result.ok ? "ok" : "no"}` },
    h(
      "p",
      { class: "outcome" },
      icon(result.ok ? "good" : "bad"),
      h("span", {}, h("span", { class: "unseen" }, word), result.message),
    ),
    h("p", { class: "source", title: statement }, statement.replace(/\s+/g, " ").slice(0, 400)),
    result.rows.length > 0 && buildTable(result),
    h("p", { class: "when" }, shortTime(new Date().toISOString(), { toSecond: true })),
  );
}
