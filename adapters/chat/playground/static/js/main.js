// The page begins here: who one is, where one is, and the parts that show it.

import { makeComposer } from "./composer.js";
import { loadPlace, makeConversation } from "./conversation.js";
import { announce, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { buildWelcome } from "./people.js";
import { ask, follow } from "./server.js";
import { makeSidebar } from "./sidebar.js";
import { addView, authorOf, begin, changed, keep, recallWhispers, store } from "./store.js";
import { makeTryIt } from "./try_it.js";

const app = document.getElementById("app");
const isWide = () => matchMedia("(width >= 780px)").matches;

async function open() {
  const query = new URLSearchParams(location.search);
  store.me = query.get("as");
  try {
    begin(await ask("start"));
  } catch (failed) {
    fill(app, h("div", { class: "welcome" }, h("main", {}, h("h1", {}, "Not there yet"), h("p", { class: "lead" }, `${failed.message} Trying again…`))));
    setTimeout(open, 1500);
    return;
  }
  document.title = `${store.company} playground`;
  if (store.me === null) return fill(app, buildWelcome());
  recallWhispers();
  buildShell();
  follow(tellArrivals);
  return undefined;
}

// ── where one is: it is all in the address ──────────────────────────────────────────────────────

function visit({ here = store.here, panel = store.panel, replace = false }) {
  const query = new URLSearchParams({ as: store.me, in: here });
  if (panel?.kind === "thread") query.set("thread", panel.root);
  if (panel?.kind === "try") query.set("panel", "try");
  const address = `?${query}`;
  if (address !== location.search) history[replace ? "replaceState" : "pushState"](null, "", address);
  arrive();
}

function arrive() {
  const query = new URLSearchParams(location.search);
  const wanted = query.get("in");
  const here = store.places.has(wanted) ? wanted : store.places.keys().next().value;
  if (here !== store.here) enter(here);
  const root = Number(query.get("thread"));
  if (root) enterThread(root);
  else store.panel = query.get("panel") === "try" && store.prepared.length ? { kind: "try" } : null;
  changed();
}

function enter(here) {
  store.here = here;
  store.narrowSidebar = false;
  const place = store.places.get(here);
  place.newAfter = place.unread > 0 ? place.read : null;
  if (!place.loaded) loadPlace(here).catch((failed) => announce(failed.message));
}

function enterThread(root) {
  if (store.panel?.root === root) return;
  store.panel = { kind: "thread", root };
  ask("thread", { root })
    .then(({ messages }) => {
      keep(messages);
      changed();
    })
    .catch(() => visit({ panel: null, replace: true }));
}

// ── the shell ───────────────────────────────────────────────────────────────────────────────────

function buildShell() {
  const sidebar = makeSidebar((key) => visit({ here: key, panel: store.panel?.kind === "try" ? store.panel : null }));
  const conversation = makeConversation("Messages");
  const thread = makeConversation("Thread");
  const composer = makeComposer(
    () => ({ place: store.here, thread: null, name: placeholder(store.places.get(store.here)) }),
    "composer-text",
  );
  const threadComposer = makeComposer(() => ({ place: store.here, thread: store.panel?.root ?? null, name: "Reply in the thread" }));
  composer.element.prepend(conversation.jump);
  threadComposer.element.prepend(thread.jump);
  let tryIt = null;
  let opener = null;

  const heading = h("div", { class: "heading" });
  const offline = h("div", { class: "offline", role: "status", hidden: true }, h("span", { class: "spinner" }), "The server is away. Reconnecting…");
  const menu = h("button", { type: "button", class: "icon-button only-narrow", "aria-label": "Channels and people", click: () => toggleSidebar(true) }, icon("menu", 18));
  const tryButton = h("button", { type: "button", class: "button", "aria-expanded": "false", hidden: store.prepared.length === 0, click: toggleTryIt }, icon("terminal"), "Try it");
  const main = h(
    "main",
    { class: "sheet main" },
    h("header", {}, menu, heading, tryButton),
    offline,
    conversation.scroller,
    composer.element,
  );
  const panel = h("aside", { class: "sheet panel" });
  const scrim = h("div", { class: "scrim", click: () => toggleSidebar(false) });
  const shell = h("div", { class: "shell" }, sidebar.element, main, scrim);
  fill(app, shell);

  function toggleSidebar(isOpen) {
    store.narrowSidebar = isOpen;
    changed();
    if (isOpen) requestAnimationFrame(() => requestAnimationFrame(() => sidebar.element.querySelector(".you").focus()));
    else menu.focus();
  }

  function toggleTryIt() {
    opener = tryButton;
    visit({ panel: store.panel?.kind === "try" ? null : { kind: "try" } });
  }

  function openThread(root) {
    opener = document.activeElement;
    visit({ panel: { kind: "thread", root } });
    if (isWide()) requestAnimationFrame(() => requestAnimationFrame(threadComposer.focus));
  }

  function closePanel() {
    visit({ panel: null });
    if (opener?.isConnected) opener.focus();
    else composer.focus();
  }

  document.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Escape" || pressed.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
    if (store.narrowSidebar) toggleSidebar(false);
    else if (store.panel) closePanel();
  });

  function drawHeading() {
    const place = store.places.get(store.here);
    const key = place.key + place.topic;
    if (heading.dataset.key === key) return;
    heading.dataset.key = key;
    fill(heading, h("h1", {}, !place.isDirect && icon("hash", 17), place.name), h("p", {}, place.topic));
  }

  let panelKey = null;
  function drawPanel() {
    const key = store.panel === null ? null : `${store.panel.kind} ${store.panel.root ?? ""}`;
    if (key !== panelKey) {
      panelKey = key;
      if (key === null) panel.remove();
      else shell.append(fillPanel());
    }
    if (store.panel?.kind !== "thread") return;
    const root = store.messages.get(store.panel.root);
    thread.draw(root?.place ?? store.here, store.panel.root);
    threadComposer.draw();
  }

  function fillPanel() {
    const isThread = store.panel.kind === "thread";
    const close = h("button", { type: "button", class: "icon-button", "aria-label": isThread ? "Close the thread" : "Close", click: closePanel }, icon("close"));
    const title = isThread ? "Thread" : "Try it";
    const about = isThread ? `#${store.places.get(store.here).name}` : `As ${authorOf(store.me).name}`;
    panel.setAttribute("aria-label", title);
    const header = h("header", {}, h("div", { class: "heading" }, h("h2", {}, title), h("p", {}, about)), close);
    if (isThread) fill(panel, header, thread.scroller, threadComposer.element);
    else {
      tryIt ??= makeTryIt();
      fill(panel, header, tryIt.element);
      requestAnimationFrame(() => {
        tryIt.glance();
        tryIt.focus();
      });
    }
    return panel;
  }

  function draw() {
    const place = store.places.get(store.here);
    shell.classList.toggle("with-panel", store.panel !== null);
    shell.classList.toggle("with-sidebar", store.narrowSidebar);
    offline.hidden = store.online;
    tryButton.classList.toggle("active", store.panel?.kind === "try");
    tryButton.setAttribute("aria-expanded", String(store.panel?.kind === "try"));
    sidebar.draw();
    drawHeading();
    composer.draw();
    conversation.draw(store.here, null, {
      newAfter: place.newAfter,
      openThread,
      beginning: () => buildBeginning(place, composer),
    });
    drawPanel();
    drawTitle();
  }

  addView(draw);
  addEventListener("popstate", arrive);
  arrive();
  if (isWide()) composer.focus();
}

function placeholder(place) {
  return place.isDirect ? "Say a command to jit, for example: mine" : `Message #${place.name}, or type /`;
}

function drawTitle() {
  const unread = [...store.places.values()].reduce((sum, place) => sum + place.unread, 0);
  const place = store.places.get(store.here);
  const name = place.isDirect ? place.name : `#${place.name}`;
  document.title = `${unread ? `(${unread}) ` : ""}${name} · ${authorOf(store.me).name} · ${store.company}`;
}

function buildBeginning(place, composer) {
  const words = ["request", "mine", "help"].filter((word) => store.commands.some((command) => command.word === word));
  return h(
    "div",
    { class: "beginning" },
    h("div", { class: "mark" }, icon(place.isDirect ? "at" : "hash", 22)),
    h("h2", {}, place.isDirect ? "You and jit" : `This is #${place.name}`),
    h("p", {}, place.isDirect ? "What needs you comes here: approvals to give, access that begins and ends. You can also say any command here." : `${place.topic} Everybody at ${store.company} reads it. What the bot answers to your commands, only you see.`.trim()),
    h(
      "div",
      { class: "starters" },
      words.map((word) =>
        h("button", { type: "button", class: "button", click: () => {
          composer.write(`/jit ${word} `);
          composer.focus();
        } }, `/jit ${word}`),
      ),
    ),
  );
}

// ── what arrives ────────────────────────────────────────────────────────────────────────────────

function tellArrivals(arrived) {
  for (const message of arrived) {
    const place = store.places.get(message.place);
    if (place === undefined || message.author === store.me) continue;
    place.unread += 1;
    if (place.newAfter === null && place.key === store.here && (document.hidden || !document.hasFocus())) place.newAfter = message.id - 1;
    const said = message.card ? message.card.title : message.text;
    const name = place.isDirect ? "a direct message" : `#${place.name}`;
    announce(`${authorOf(message.author).name} in ${name}: ${said.slice(0, 200)}`);
  }
}

open();
