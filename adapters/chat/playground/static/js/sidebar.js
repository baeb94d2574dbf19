// The sidebar: where one can talk, and who one is.

import { fill, h } from "./base/dom.js";
import { icon, logo } from "./base/icons.js";
import { buildAvatar } from "./messages.js";
import { makeSwitcher } from "./people.js";
import { authorOf, BOT, store } from "./base/store.js";

/** Makes the sidebar; `go(key)` opens a place. */
export function makeSidebar(go) {
  const me = authorOf(store.me);
  const places = h("nav", { class: "places", "aria-label": "Channels and direct messages" });
  const element = h(
    "div",
    { class: "sidebar" },
    h(
      "div",
      { class: "workspace" },
      logo(),
      h(
        "span",
        {},
        h("span", { class: "name" }, store.company),
        h("span", { class: "kind" }, "Playground"),
      ),
    ),
    h(
      "button",
      {
        type: "button",
        class: "you",
        popovertarget: "switcher",
        "aria-haspopup": "dialog",
        title: "Be somebody else",
      },
      buildAvatar(me),
      h(
        "span",
        { class: "who" },
        h("span", { class: "unseen" }, "You are "),
        h("span", { class: "name" }, me.name),
        h("span", { class: "title" }, me.title),
      ),
      icon("chevrons"),
    ),
    makeSwitcher(),
    places,
    h(
      "footer",
      {},
      h("p", { class: "note" }, "On this machine only"),
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Light or dark",
          title: "Light or dark",
          click: () => window.toggleTheme(),
        },
        icon("sun", 17),
      ),
    ),
  );

  let drawn = "";
  function draw() {
    const all = [...store.places.values()];
    // Drawn again only where something changed, so that focus stays.
    const key = JSON.stringify([store.here, all.map((place) => [place.key, place.unread])]);
    if (key === drawn) return;
    drawn = key;
    const focused = document.activeElement?.dataset?.place;
    fill(
      places,
      h("h2", {}, "Channels"),
      h(
        "ul",
        {},
        all.filter((place) => !place.isDirect).map((place) => buildPlace(place, go)),
      ),
      h("h2", {}, "Direct messages"),
      h(
        "ul",
        {},
        all.filter((place) => place.isDirect).map((place) => buildPlace(place, go)),
      ),
    );
    if (focused)
      [...places.querySelectorAll("[data-place]")]
        .find((link) => link.dataset.place === focused)
        ?.focus();
  }
  return { element, draw };
}

function buildPlace(place, go) {
  const isHere = place.key === store.here;
  const query = new URLSearchParams({ as: store.me, in: place.key });
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: `place ${place.unread ? "unread" : ""}`,
        href: `?${query}`,
        "data-place": place.key,
        "aria-current": isHere ? "page" : null,
        click: (pressed) => {
          // With Ctrl or ⌘ it is a link like any other.
          if (pressed.ctrlKey || pressed.metaKey || pressed.shiftKey) return;
          pressed.preventDefault();
          go(place.key);
        },
      },
      place.isDirect ? buildAvatar(authorOf(BOT), "small") : icon("hash"),
      h("span", { class: "name" }, place.name),
      place.unread > 0 &&
        h(
          "span",
          { class: "badge" },
          place.unread > 99 ? "99+" : place.unread,
          h("span", { class: "unseen" }, " unread"),
        ),
    ),
  );
}
