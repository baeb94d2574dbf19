// Where a person writes: Enter sends, `/` completes, arrow up brings back what was said before.

import { buildUsage, makeSuggester } from "./completion.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./talk.js";

const TEXT_MAX = 4000; // as the server's
const said = [];
const SAID_MAX = 50;
let made = 0;

/** Makes a composer. `where()` gives {place, thread, name}. */
export function makeComposer(where, id = `composer-${++made}`) {
  const options = h("ul", { class: "options", id: `${id}-options`, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const usage = h("div");
  const length = h("p", { class: "length", role: "status", hidden: true });
  const area = h("textarea", {
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
  const send = h("button", { type: "button", class: "icon-button send", "aria-label": "Send", "aria-disabled": "true", click: submit }, icon("send", 17));
  const box = h("div", { class: "box" }, usage, h("div", { class: "row" }, area, send), length);
  const keys = h("p", { class: "keys" }, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift"), " ", h("kbd", {}, "Enter"), " begins a line, ", h("kbd", {}, "/"), " lists commands");
  const element = h("div", { class: "composer" }, options, box, keys);

  let choices = [];
  let active = -1;
  let recalled = 0;
  const suggest = makeSuggester(showChoices);

  function showChoices(found) {
    choices = found;
    // A whole command is sent by Enter; a word of it may be meant as it is: neither is chosen unasked.
    active = found.length > 0 && found[0].isCommand && !found[0].isWhole ? 0 : -1;
    fill(options, found.map(buildOption));
    options.hidden = found.length === 0;
    area.setAttribute("aria-expanded", String(found.length > 0));
    mark();
  }

  function buildOption(choice, index) {
    return h(
      "li",
      {
        class: "option",
        role: "option",
        id: `${id}-option-${index}`,
        "aria-selected": "false",
        // Before the field loses its focus.
        mousedown: (pressed) => {
          pressed.preventDefault();
          choose(index);
        },
      },
      h("span", { class: "text" }, choice.label),
      h("span", { class: "about" }, choice.about),
    );
  }

  function mark() {
    [...options.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === active)));
    if (active >= 0) {
      area.setAttribute("aria-activedescendant", `${id}-option-${active}`);
      options.children[active].scrollIntoView({ block: "nearest" });
    } else {
      area.removeAttribute("aria-activedescendant");
    }
  }

  function choose(index) {
    write(choices[index].becomes);
    area.focus();
  }

  function write(text) {
    area.value = text;
    area.setSelectionRange(text.length, text.length);
    react();
  }

  function react() {
    const text = area.value;
    const isCommand = /^\/\S/.test(text);
    area.classList.toggle("command", isCommand);
    fill(usage, buildUsage(text));
    send.setAttribute("aria-disabled", String(!isSendable()));
    length.hidden = text.length < TEXT_MAX * 0.8;
    length.classList.toggle("over", text.length > TEXT_MAX);
    length.textContent = text.length > TEXT_MAX ? `${(text.length - TEXT_MAX).toLocaleString()} characters too many` : `${(TEXT_MAX - text.length).toLocaleString()} characters left`;
    suggest(text);
    grow();
  }

  function grow() {
    if (CSS.supports("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }

  function isSendable() {
    return area.value.trim() !== "" && area.value.length <= TEXT_MAX;
  }

  function submit() {
    if (!isSendable()) return;
    const text = area.value.trim();
    const { place, thread } = where();
    said.push(text);
    said.splice(0, said.length - SAID_MAX);
    recalled = 0;
    write("");
    showChoices([]);
    say(place, thread, text);
    area.focus();
  }

  function recall(step) {
    recalled = Math.min(Math.max(recalled + step, 0), said.length);
    write(recalled === 0 ? "" : said[said.length - recalled]);
    showChoices([]);
  }

  function moveOrRecall(step) {
    if (choices.length) {
      const count = choices.length;
      active = active === -1 ? (step > 0 ? 0 : count - 1) : (active + step + count) % count;
      mark();
      return true;
    }
    const mayRecall = area.value === "" || recalled > 0;
    if (mayRecall) recall(-step);
    return mayRecall;
  }

  const keysOf = {
    ArrowDown: () => moveOrRecall(1),
    ArrowUp: () => moveOrRecall(-1),
    Tab: () => {
      if (!choices.length) return false;
      choose(Math.max(active, 0));
      return true;
    },
    Escape: () => {
      if (!choices.length) return false;
      showChoices([]);
      return true;
    },
    Enter: () => {
      if (active >= 0 && choices.length) choose(active);
      else submit();
      return true;
    },
  };

  area.addEventListener("keydown", (pressed) => {
    // While an input method composes, Enter belongs to it.
    if (pressed.isComposing || pressed.shiftKey || pressed.ctrlKey || pressed.altKey || pressed.metaKey) return;
    if (!keysOf[pressed.key]?.()) return;
    pressed.preventDefault();
    pressed.stopPropagation();
  });
  area.addEventListener("input", () => {
    recalled = 0;
    react();
  });
  area.addEventListener("blur", () => showChoices([]));

  function draw() {
    const { name } = where();
    area.placeholder = name;
    area.setAttribute("aria-label", name);
  }

  return { element, draw, write, focus: () => area.focus() };
}
