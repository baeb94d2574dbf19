// Messages and whispers become rows of a list.

import { buildCard } from "./cards.js";
import { h } from "./base/dom.js";
import { icon, logo } from "./base/icons.js";
import { ago, nameDay, sameDay, shortTime } from "./base/instants.js";
import { authorOf, BOT, dismiss, messagesOf, store } from "./base/store.js";
import { download, press } from "./talk.js";

const TOGETHER = 5 * 60_000; // what one says within five minutes stands under one name

/** Draws a person's or the bot's picture. */
export function buildAvatar(author, size = "") {
  if (author.isBot)
    return h("span", { class: `avatar bot ${size}`, "aria-hidden": "true" }, logo());
  const words = author.name.split(/\s+/).filter(Boolean);
  const initials = [words[0], words.length > 1 ? words[words.length - 1] : ""]
    .map((word) => [...word][0] ?? "")
    .join("");
  const element = h(
    "span",
    { class: `avatar ${size}`, "aria-hidden": "true" },
    initials.toUpperCase(),
  );
  element.style.setProperty("--hue", hueOf(author.account));
  return element;
}

function hueOf(account) {
  let sum = 7;
  for (const letter of account) sum = (sum * 31 + letter.codePointAt(0)) % 3600;
  return (sum * 47) % 360;
}

/** Lists the rows of a place or a thread: days, messages, whispers, for `reconcile`. */
export function rowsOf(place, root, { newAfter = null, openThread = null } = {}) {
  const messages = messagesOf(place, root);
  const whispers = store.whispers.filter((one) => one.place === place && one.thread === root);
  const rows = [];
  let previous = null;
  let isNewShown = false;
  const addWhispers = (until) => {
    while (whispers.length && whispers[0].after < until) rows.push(whisperRow(whispers.shift()));
  };
  for (const message of messages) {
    addWhispers(message.id);
    const isNewDay =
      root === null && (previous === null || !sameDay(previous.posted_at, message.posted_at));
    if (isNewDay) rows.push(dividerRow(`day ${message.id}`, nameDay(message.posted_at)));
    const isNew =
      newAfter !== null && !isNewShown && message.id > newAfter && message.author !== store.me;
    if (isNew) {
      isNewShown = true;
      rows.push(dividerRow("new", "New", "new left"));
    }
    const follows =
      !isNewDay && !isNew && isTogether(previous, message) && rows.at(-1)?.message === previous;
    rows.push(messageRow(message, { follows, root, newAfter, openThread }));
    previous = message;
    if (root === message.id && messages.length > 1) {
      const count = messages.length - 1;
      rows.push(dividerRow("replies", `${count} ${count === 1 ? "reply" : "replies"}`, "left"));
    }
  }
  addWhispers(Infinity);
  return rows;
}

function isTogether(previous, message) {
  if (previous === null || previous.author !== message.author || message.author === BOT)
    return false;
  if (previous.replies > 0) return false;
  return Date.parse(message.posted_at) - Date.parse(previous.posted_at) < TOGETHER;
}

function dividerRow(key, label, kind = "") {
  return { key, version: label, build: () => h("li", { class: `divider ${kind}` }, label) };
}

function messageRow(message, { follows, root, newAfter, openThread }) {
  const hasFresh = root === null && newAfter !== null && (message.last_reply ?? 0) > newAfter;
  // The day's name in "last reply" gets old; a row that nobody changes may be a day behind.
  const version = [message.change, follows, hasFresh].join();
  return {
    key: `message ${message.id}`,
    version,
    message,
    build: () => buildMessage(message, { follows, root, hasFresh, openThread }),
  };
}

function buildMessage(message, { follows, root, hasFresh, openThread }) {
  const author = authorOf(message.author);
  const said = message.card ? message.card.title : message.text;
  const about = `${author.name}, ${ago(message.posted_at)}: ${said.slice(0, 120)}`;
  const time = shortTime(message.posted_at);
  const edited =
    message.edited_at &&
    h("span", { class: "edited", title: `Edited ${ago(message.edited_at)}` }, "edited");
  const thread = root ?? null;
  return h(
    "li",
    {
      class: `message ${follows ? "follows" : ""}`,
      id: `${root === null ? "" : "in-thread-"}message-${message.id}`,
      "aria-label": about,
    },
    h("div", { class: "gutter" }, follows ? time : buildAvatar(author)),
    h(
      "div",
      {},
      !follows &&
        h(
          "div",
          { class: "byline" },
          h("span", { class: "author" }, author.name),
          author.isBot && h("span", { class: "app" }, "APP"),
          author.title && h("span", { class: "title wide-only" }, author.title),
          time,
          edited,
        ),
      message.text && h("p", { class: "words" }, message.text, follows && edited && [" ", edited]),
      message.card &&
        buildCard(message.card, (...said) => press(message.place, thread, ...said)),
      openThread && message.replies > 0 && buildReplies(message, hasFresh, openThread),
    ),
    openThread &&
      !message.place.startsWith("@") &&
      h(
        "div",
        { class: "actions" },
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "data-focus": "thread",
            "aria-label": `Reply in thread to ${author.name}`,
            click: () => openThread(message.id),
          },
          icon("thread", 15),
          "Reply",
        ),
      ),
  );
}

function buildReplies(message, hasFresh, openThread) {
  const faces = message.repliers
    .slice(0, 4)
    .map((account) => buildAvatar(authorOf(account), "small"));
  const count = `${message.replies} ${message.replies === 1 ? "reply" : "replies"}`;
  return h(
    "button",
    {
      type: "button",
      class: "replies",
      "data-focus": "replies",
      click: () => openThread(message.id),
    },
    h("span", { class: "faces" }, faces),
    h("span", { class: "count" }, count),
    hasFresh && h("span", { class: "fresh" }, h("span", { class: "unseen" }, "new")),
    h("span", { class: "last" }, `last reply ${ago(message.replied_at)}`),
  );
}

// ── whispers ────────────────────────────────────────────────────────────────────────────────────

function whisperRow(one) {
  return {
    key: `whisper ${one.key}`,
    version: `${one.kind} ${one.version ?? 0}`,
    build: () => buildWhisper(one),
  };
}

function buildWhisper(one) {
  return one.kind === "outgoing" ? buildOutgoing(one) : buildAnswer(one);
}

function buildOutgoing(one) {
  const me = authorOf(store.me);
  return h(
    "li",
    { class: "message whisper outgoing" },
    h("div", { class: "gutter" }, buildAvatar(me)),
    h(
      "div",
      {},
      h("div", { class: "byline" }, h("span", { class: "author" }, me.name)),
      h("p", { class: "words" }, one.said),
      one.failed && buildFailure(one),
    ),
  );
}

function buildAnswer(one) {
  return h(
    "li",
    { class: "message whisper", "aria-label": "Only visible to you" },
    h("div", { class: "gutter" }, buildAvatar(authorOf(BOT))),
    h(
      "div",
      {},
      h(
        "div",
        { class: "note" },
        icon("eye", 14),
        h("span", {}, "Only visible to you"),
        shortTime(one.at),
        (one.kind === "answer" || one.failed) &&
          h("button", { type: "button", class: "dismiss", click: () => dismiss(one) }, "Dismiss"),
      ),
      one.said && h("div", { class: "said" }, one.said),
      one.card && buildCard(one.card, (...said) => press(one.place, one.thread, ...said)),
      one.file && buildFile(one.file),
      one.failed && buildFailure(one),
      one.kind === "asking" &&
        !one.failed &&
        h(
          "div",
          { class: "dots", role: "img", "aria-label": "The bot is at it" },
          h("i"),
          h("i"),
          h("i"),
        ),
    ),
  );
}

function buildFile(file) {
  return h(
    "button",
    { type: "button", class: "button file", click: () => download(file) },
    icon("down", 14),
    `Download ${file.name}`,
  );
}

function buildFailure(one) {
  return h(
    "p",
    { class: "failed" },
    one.failed,
    one.retry && h("button", { type: "button", class: "button", click: one.retry }, "Try again"),
  );
}
