// A card, dressed for the browser.

import { h } from "./base/dom.js";
import { buildForm } from "./forms/form.js";
import { icon } from "./base/icons.js";
import { buildLine, buildValue } from "./base/lines.js";

const CELL_SHORT = 24; // characters

const TONES = {
  waiting: "Waiting",
  good: "OK",
  warning: "Attention",
  bad: "Stopped",
  ended: "Ended",
};

/** Draws a card, with the cards within it. `press(says, fields, how)` says a line for the person. */
export function buildCard(card, press) {
  return buildSection(card, press, "h3");
}

function buildSection(card, press, heading) {
  const parts = card.parts ?? []; // a card that was kept from before there were parts has none
  const hasBody =
    card.lines.length ||
    card.facts.length ||
    card.table ||
    card.buttons.length ||
    card.form ||
    parts.length;
  return h(
    "section",
    { class: `card ${card.tone}`, "aria-label": card.title },
    h("header", {}, h(heading, {}, card.title), buildTone(card.tone)),
    hasBody &&
      h(
        "div",
        { class: "body" },
        card.lines.length > 0 && h("div", { class: "lines" }, card.lines.map(buildLine)),
        card.facts.length > 0 && buildFacts(card.facts),
        card.table && buildTable(card.table),
        card.buttons.length > 0 && buildButtons(card.buttons, press),
        card.form && buildForm(card.form, { press }),
        parts.length > 0 &&
          h(
            "div",
            { class: "parts" },
            parts.map((part) => buildSection(part, press, "h4")),
          ),
      ),
  );
}

function buildTone(tone) {
  const word = TONES[tone];
  return word && h("span", { class: "tone" }, icon(tone, 14), word);
}

function buildFacts(facts) {
  return h(
    "dl",
    { class: "facts" },
    facts.map(({ label, value }) => [
      h("dt", {}, label),
      h("dd", {}, buildValue(value, { toSecond: true, countdown: true })),
    ]),
  );
}

/** Draws a table that scrolls by itself where it is wider than its place. */
export function buildTable({ columns, rows }) {
  return h(
    "div",
    { class: "table", tabindex: 0, role: "group", "aria-label": `Table: ${columns.join(", ")}` },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((column) => h("th", { scope: "col" }, column)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) => h("tr", {}, row.map(buildCell))),
      ),
    ),
  );
}

function buildCell(cell) {
  // Names, numbers and states stay in one line; what is longer wraps.
  const isShort = typeof cell === "string" && cell.length <= CELL_SHORT;
  return h("td", { class: isShort ? "short" : null }, buildValue(cell, { toSecond: true }));
}

function buildButtons(buttons, press) {
  return h(
    "div",
    { class: "buttons" },
    buttons.map((button) => buildButton(button, press)),
  );
}

function buildButton(button, press) {
  const element = h(
    "button",
    {
      type: "button",
      class: `button ${button.emphasis}`,
      "aria-label": button.about || null,
      "data-focus": button.says,
      click: async () => {
        // The second click of a double click. The bot would take it well, too.
        if (element.ariaDisabled === "true") return;
        element.ariaDisabled = "true";
        element.ariaBusy = "true";
        try {
          await press(button.says, null);
        } finally {
          element.ariaDisabled = null;
          element.ariaBusy = null;
        }
      },
    },
    button.label,
  );
  return element;
}
