// Choosing who one is. A choice is a link: another tab can be another person.

import { fill, h } from "./base/dom.js";
import { icon, logo } from "./base/icons.js";
import { buildAvatar } from "./messages.js";
import { store } from "./base/store.js";

function linkTo(account) {
  const query = new URLSearchParams(location.search);
  query.set("as", account);
  query.delete("thread");
  // Everybody has their own direct messages.
  if (query.get("in")?.startsWith("@")) query.delete("in");
  return `?${query}`;
}

function buildPerson(person) {
  return h(
    "li",
    { class: "person", "aria-current": person.account === store.me ? "true" : null },
    h(
      "a",
      { href: linkTo(person.account) },
      buildAvatar(person),
      h(
        "span",
        { class: "who" },
        h("span", { class: "name" }, person.name),
        h("span", { class: "title" }, person.title),
      ),
      person.account === store.me && icon("check"),
    ),
    h(
      "a",
      {
        class: "icon-button",
        href: linkTo(person.account),
        target: "_blank",
        rel: "noopener",
        "aria-label": `Be ${person.name} in a new tab`,
        title: "In a new tab",
      },
      icon("outward", 15),
    ),
  );
}

/** Draws the people, with a field to find one. */
export function buildPeople({ autofocus = false } = {}) {
  const list = h("ul", { class: "list" });
  const search = h("input", {
    type: "search",
    class: "input",
    placeholder: "Find by name, title or department",
    "aria-label": "Find a person",
    autocomplete: "off",
    autofocus,
  });
  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [...store.people.values()].filter((person) => {
      const about =
        `${person.name} ${person.account} ${person.title} ${person.department}`.toLowerCase();
      return words.every((word) => about.includes(word));
    });
    fill(
      list,
      found.length
        ? found.map(buildPerson)
        : h("li", { class: "nobody" }, "Nobody is called that."),
    );
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (pressed) => {
    if (pressed.key === "Enter") list.querySelector("a")?.click();
  });
  show();
  return h("div", { class: "people" }, search, list);
}

/** Makes the list that opens below the button with one's own name. */
export function makeSwitcher() {
  const element = h("div", {
    class: "switcher",
    id: "switcher",
    popover: "auto",
    "aria-label": "Who are you?",
  });
  element.addEventListener("toggle", (toggled) => {
    if (toggled.newState !== "open") return fill(element);
    fill(
      element,
      buildPeople(),
      h(
        "p",
        { class: "hint" },
        "The playground lets you be anybody. Open a second person in a new tab to see both sides.",
      ),
    );
    return element.querySelector("input").focus();
  });
  return element;
}

/** Draws the first page: nobody is chosen yet. */
export function buildWelcome() {
  return h(
    "div",
    { class: "welcome" },
    h(
      "main",
      {},
      logo(),
      h("h1", {}, `Who are you at ${store.company}?`),
      h(
        "p",
        { class: "lead" },
        "This is a small chat for trying the bot, on this machine only. Choose a person; open more people in further tabs, to ask as one and approve as another.",
      ),
      buildPeople({ autofocus: true }),
    ),
  );
}
