// A form that is being filled in says what it would come to, and what is wrong so far.

import { announce, fill, h } from "../base/dom.js";
import { buildLine } from "../base/lines.js";

const AFTER = 300; // milliseconds without a key: a pause between two words

/**
 * Keeps a form up to date. `draft(fields)` asks the server what the form would say now; only the
 * newest answer counts, and nothing that a person wrote is ever changed by it.
 */
export function followForm(element, form, fields, { draft, preview }) {
  const live = new Set(form.fields.filter((field) => field.live).map((field) => field.name));
  // What a form begins with was said before; what a draft proposes later is nobody's word yet.
  const written = new Set(form.fields.filter((field) => field.value).map((field) => field.name));
  let latest = form;
  let asked = 0;
  let timer = null;

  showLines(preview, form.lines ?? []);
  if (live.size === 0) return;

  async function ask() {
    clearTimeout(timer);
    const number = ++asked;
    const said = Object.fromEntries(
      fields.map(({ name, input }) => [name, written.has(name) ? input.value : ""]),
    );
    try {
      const now = await draft(form.says, said);
      // A later one is under way, or the form is gone.
      if (number !== asked || !element.isConnected || !now) return;
      latest = now;
      show();
    } catch {
      // Whatever it is, submitting will say it.
    }
  }

  function show() {
    for (const news of latest.fields) {
      const field = fields.find(({ name }) => name === news.name);
      if (!field) continue;
      const isInside = field.input === document.activeElement;
      if (!written.has(news.name) && !isInside && field.input.value !== news.value) {
        field.input.value = news.value;
        // Proposals and counters follow; it is not somebody's writing.
        field.input.dispatchEvent(new Event("input"));
      }
      const before = field.error;
      field.take(news, { isHeld: isInside && !before && field.input.tagName !== "SELECT" });
      if (field.error && field.error !== before) announce(`${field.label}: ${field.error}`);
    }
    showLines(preview, latest.lines ?? []);
  }

  element.addEventListener("input", (event) => {
    const { name } = event.target;
    if (!fields.some((field) => field.name === name)) return;
    if (event.target.value) written.add(name);
    else written.delete(name);
    if (!live.has(name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, event.target.tagName === "SELECT" ? 0 : AFTER);
  });
  // Who leaves a field has finished with it: now its mistakes are said. Not on the way to a button,
  // which would move from under the pointer; what it does says them anyway.
  element.addEventListener("focusout", (event) => {
    if (event.relatedTarget?.tagName !== "BUTTON") queueMicrotask(show);
  });
}

function showLines(preview, lines) {
  const said = JSON.stringify(lines);
  if (preview.dataset.said === said) return;
  preview.dataset.said = said;
  fill(preview, lines.map((line) => buildLine(line)));
  preview.hidden = lines.length === 0;
}
