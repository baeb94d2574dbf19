// The frame around it all: the sidebar, the conversation, and the panel beside it.

import { fill, h } from "./base/dom.js";
import { icon } from "./base/icons.js";
import { addView, authorOf, changed, store } from "./base/store.js";
import { makeComposer } from "./composer.js";
import { makeConversation } from "./conversation.js";
import { makePanel } from "./panel.js";
import { canTry, visit } from "./route.js";
import { makeSidebar } from "./sidebar.js";

const isWide = () => matchMedia("(width >= 780px)").matches;

// Twice: the first frame draws what was asked for, the second is after it.
const afterDrawing = (act) => requestAnimationFrame(() => requestAnimationFrame(act));

/** Makes the shell, shows it in `app`, and keeps it drawn. */
export function makeShell(app) {
  const shell = h("div", { class: "shell" });
  const sidebar = makeSidebar(goTo);
  const panel = makePanel(shell, closePanel);
  const main = makeMain(() => toggleSidebar(true), toggleTryIt, openThread);
  const scrim = h("div", { class: "scrim", click: () => toggleSidebar(false) });
  let opener = null; // what opened the panel has the focus again when it is closed
  fill(shell, sidebar.element, main.element, scrim);
  fill(app, shell);

  function goTo(key) {
    visit({ here: key, panel: store.panel?.kind === "try" ? store.panel : null });
  }

  function toggleSidebar(isOpen) {
    store.narrowSidebar = isOpen;
    changed();
    if (isOpen) afterDrawing(() => sidebar.element.querySelector(".you").focus());
    else main.menu.focus();
  }

  function toggleTryIt() {
    opener = document.activeElement;
    visit({ panel: store.panel?.kind === "try" ? null : { kind: "try" } });
  }

  function openThread(root) {
    opener = document.activeElement;
    visit({ panel: { kind: "thread", root } });
    if (isWide()) afterDrawing(panel.focusComposer);
  }

  function closePanel() {
    visit({ panel: null });
    if (opener?.isConnected) opener.focus();
    else main.composer.focus();
  }

  document.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Escape" || pressed.defaultPrevented) return;
    if (document.querySelector("dialog[open], :popover-open")) return;
    if (store.narrowSidebar) toggleSidebar(false);
    else if (store.panel) closePanel();
  });

  addView(() => {
    shell.classList.toggle("with-panel", store.panel !== null);
    shell.classList.toggle("with-sidebar", store.narrowSidebar);
    sidebar.draw();
    main.draw();
    panel.draw();
    drawTitle();
  });
  return { focus: () => isWide() && main.composer.focus() };
}

// ── the conversation's sheet ────────────────────────────────────────────────────────────────────

function makeMain(openSidebar, toggleTryIt, openThread) {
  const conversation = makeConversation("Messages");
  const composer = makeComposer(whereHere, "composer-text");
  composer.element.prepend(conversation.jump);
  const heading = h("div", { class: "heading" });
  const offline = h(
    "div",
    { class: "offline", role: "status", hidden: true },
    h("span", { class: "spinner" }),
    "The server is away. Reconnecting…",
  );
  const menu = buildMenuButton(openSidebar);
  const tryButton = buildTryButton(toggleTryIt);
  const element = h(
    "main",
    { class: "sheet main" },
    h("header", {}, menu, heading, tryButton),
    offline,
    conversation.scroller,
    composer.element,
  );

  function draw() {
    const place = store.places.get(store.here);
    const isTrying = store.panel?.kind === "try";
    offline.hidden = store.online;
    tryButton.classList.toggle("active", isTrying);
    tryButton.setAttribute("aria-expanded", String(isTrying));
    drawHeading(heading, place);
    composer.draw();
    conversation.draw(store.here, null, {
      newAfter: place.newAfter,
      openThread,
      beginning: () => buildBeginning(place, composer),
    });
  }
  return { element, draw, composer, menu };
}

function whereHere() {
  const place = store.places.get(store.here);
  const name = place.isDirect
    ? "Say a command to jit, for example: mine"
    : `Message #${place.name}, or type /`;
  return { place: store.here, thread: null, name };
}

function buildMenuButton(open) {
  const label = "Channels and people";
  const attributes = { type: "button", class: "icon-button only-narrow", "aria-label": label };
  return h("button", { ...attributes, click: open }, icon("menu", 18));
}

function buildTryButton(toggle) {
  const attributes = { type: "button", class: "button", hidden: !canTry() };
  return h("button", { ...attributes, click: toggle }, icon("terminal"), "Try it");
}

function drawHeading(heading, place) {
  const key = place.key + place.topic;
  if (heading.dataset.key === key) return;
  heading.dataset.key = key;
  const name = h("h1", {}, !place.isDirect && icon("hash", 17), place.name);
  fill(heading, name, h("p", {}, place.topic));
}

function drawTitle() {
  const unread = [...store.places.values()].reduce((sum, place) => sum + place.unread, 0);
  const place = store.places.get(store.here);
  const name = place.isDirect ? place.name : `#${place.name}`;
  const count = unread ? `(${unread}) ` : "";
  document.title = `${count}${name} · ${authorOf(store.me).name} · ${store.company}`;
}

// ── the beginning of a place: what it is for, and what to try first ─────────────────────────────

const FIRST = ["request", "mine", "help"];

function buildBeginning(place, composer) {
  const about = place.isDirect
    ? "What needs you comes here: approvals to give, access that begins and ends. " +
      "You can also say any command here."
    : `Everybody at ${store.company} reads it. What the bot answers to your commands, ` +
      "only you see.";
  return h(
    "div",
    { class: "beginning" },
    h("div", { class: "mark" }, icon(place.isDirect ? "at" : "hash", 22)),
    h("h2", {}, place.isDirect ? "You and jit" : `This is #${place.name}`),
    h("p", {}, about),
    h(
      "div",
      { class: "starters" },
      FIRST.filter((word) => store.commands.some((command) => command.word === word)).map((word) =>
        buildStarter(word, composer),
      ),
    ),
  );
}

function buildStarter(word, composer) {
  const start = () => {
    composer.write(`/jit ${word} `);
    composer.focus();
  };
  return h("button", { type: "button", class: "button", click: start }, `/jit ${word}`);
}
