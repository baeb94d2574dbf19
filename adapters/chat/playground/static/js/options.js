// The list of suggestions above the composer: a listbox that the field controls (ARIA combobox).

import { fill, h } from "./base/dom.js";

/** Makes the list for a field; `take(text)` gets what was chosen. */
export function makeOptions(area, take) {
  const list = h("ul", {
    class: "options",
    id: `${area.id}-options`,
    role: "listbox",
    "aria-label": "Suggestions",
    hidden: true,
  });
  let choices = [];
  let active = -1;

  function show(found) {
    choices = found;
    // A whole command is sent by Enter, and an argument may be meant as it is: only the rest of a
    // command's name is chosen unasked.
    active = found.length > 0 && found[0].isCommand && !found[0].isWhole ? 0 : -1;
    fill(list, found.map(buildOption));
    list.hidden = found.length === 0;
    area.setAttribute("aria-expanded", String(found.length > 0));
    mark();
  }

  function buildOption(choice, index) {
    // On pressing, not on releasing: before the field loses its focus and the list goes.
    const pick = (pressed) => {
      pressed.preventDefault();
      choose(index);
    };
    return h(
      "li",
      {
        class: "option",
        role: "option",
        id: `${area.id}-option-${index}`,
        "aria-selected": "false",
        mousedown: pick,
      },
      h("span", { class: "text" }, choice.label),
      h("span", { class: "about" }, choice.about),
    );
  }

  function mark() {
    for (const [index, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(index === active));
    }
    if (active === -1) return area.removeAttribute("aria-activedescendant");
    area.setAttribute("aria-activedescendant", `${area.id}-option-${active}`);
    return list.children[active].scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    take(choices[index].becomes);
    area.focus();
  }

  function move(step) {
    const { length } = choices;
    const first = step > 0 ? 0 : length - 1;
    active = active === -1 ? first : (active + step + length) % length;
    mark();
  }

  return {
    element: list,
    show,
    move,
    hide: () => show([]),
    isOpen: () => choices.length > 0,
    hasActive: () => active >= 0,
    chooseActive: () => choose(Math.max(active, 0)),
  };
}
