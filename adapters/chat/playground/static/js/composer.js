// Where a person writes: Enter sends, `/` completes, arrow up brings back what was said before.

import { fill, h } from "./base/dom.js";
import { icon } from "./base/icons.js";
import { buildUsage, makeSuggester } from "./completion.js";
import { makeOptions } from "./options.js";
import { say } from "./talk.js";

const TEXT_MAX = 4000; // as the server's
const SAID_MAX = 50;
const said = [];
let made = 0;

/** Makes a composer. `where()` gives {place, thread, name}: where it speaks, and its label. */
export function makeComposer(where, id = `composer-${++made}`) {
  const area = buildArea(id);
  const usage = h("div");
  const length = h("p", { class: "length", role: "status", hidden: true });
  const send = h(
    "button",
    { type: "button", class: "icon-button send", "aria-label": "Send", click: submit },
    icon("send", 17),
  );
  const options = makeOptions(area, write);
  const suggest = makeSuggester(options.show);
  const row = h("div", { class: "row" }, area, send);
  const box = h("div", { class: "box" }, usage, row, length);
  const element = h("div", { class: "composer" }, options.element, box, buildKeys());
  let recalled = 0;

  function write(text) {
    area.value = text;
    area.setSelectionRange(text.length, text.length);
    react();
  }

  function react() {
    area.classList.toggle("command", /^\/\S/.test(area.value));
    send.setAttribute("aria-disabled", String(!isSendable(area.value)));
    fill(usage, buildUsage(area.value));
    showLength(length, area.value.length);
    grow(area);
    suggest(area.value);
  }

  function submit() {
    const text = area.value.trim();
    if (!isSendable(area.value)) return;
    const { place, thread } = where();
    said.push(text);
    said.splice(0, said.length - SAID_MAX);
    recalled = 0;
    write("");
    options.hide();
    say(place, thread, text);
    area.focus();
  }

  /** Brings back what was said before, where nothing else is written. */
  function recall(step) {
    if (area.value !== "" && recalled === 0) return false;
    recalled = Math.min(Math.max(recalled + step, 0), said.length);
    write(recalled === 0 ? "" : said[said.length - recalled]);
    options.hide();
    return true;
  }

  listen(area, { options, submit, recall });
  area.addEventListener("blur", options.hide);
  area.addEventListener("input", () => {
    recalled = 0;
    react();
  });
  react();

  function draw() {
    const { name } = where();
    area.placeholder = name;
    area.setAttribute("aria-label", name);
  }
  return { element, draw, write, focus: () => area.focus() };
}

/** Each key's act tells whether the key was for it. */
function listen(area, { options, submit, recall }) {
  const step = (by) => {
    if (!options.isOpen()) return recall(-by);
    options.move(by);
    return true;
  };
  const whenOpen = (act) => {
    const isOpen = options.isOpen();
    if (isOpen) act();
    return isOpen;
  };
  const acts = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Tab: () => whenOpen(options.chooseActive),
    Escape: () => whenOpen(options.hide),
    Enter: () => {
      if (options.hasActive()) options.chooseActive();
      else submit();
      return true;
    },
  };
  area.addEventListener("keydown", (pressed) => {
    // While an input method composes a word, its keys belong to it.
    if (pressed.isComposing || pressed.shiftKey) return;
    if (pressed.ctrlKey || pressed.altKey || pressed.metaKey) return;
    if (!acts[pressed.key]?.()) return;
    pressed.preventDefault();
    pressed.stopPropagation();
  });
}

function buildArea(id) {
  return h("textarea", {
    id,
    rows: 1,
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": `${id}-options`,
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "true",
    enterkeyhint: "send",
  });
}

function buildKeys() {
  const key = (name) => h("kbd", {}, name);
  return h(
    "p",
    { class: "keys" },
    [key("Enter"), " sends, ", key("Shift"), " ", key("Enter"), " begins a line, "],
    [key("/"), " lists commands"],
  );
}

function isSendable(text) {
  return text.trim() !== "" && text.length <= TEXT_MAX;
}

function showLength(element, length) {
  const left = TEXT_MAX - length;
  // It would only distract from a short text.
  element.hidden = left > TEXT_MAX / 5;
  element.classList.toggle("over", left < 0);
  element.textContent =
    left < 0
      ? `${(-left).toLocaleString()} characters too many`
      : `${left.toLocaleString()} characters left`;
}

function grow(area) {
  // Where the browser does not do it by itself.
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}
