// A person says something: to the others, to the bot, or by pressing and filling in.

import { announce } from "./base/dom.js";
import { openForm } from "./forms/form.js";
import { tell, tellOnce } from "./base/server.js";
import { changed, dismiss, keep, rememberWhispers, whisper } from "./base/store.js";

/** Says what was typed. What was said is shown at once, with what became of it. */
export function say(place, thread, text) {
  const isCommand = text.trimStart().startsWith("/") || place.startsWith("@");
  const saying = whisper(place, thread, { kind: isCommand ? "asking" : "outgoing", said: text });
  return attempt(saying, { text });
}

/**
 * Says a button's or a form's line. Gives the form again where something in it is wrong, or as it
 * would be now, of a draft; a form's failure is thrown, for the form to show; a button's is shown
 * where it was pressed.
 */
export async function press(place, thread, says, fields, { isDraft = false } = {}) {
  if (isDraft) return draft({ place, thread, says, fields });
  if (fields === null) {
    const saying = whisper(place, thread, { kind: "asking", said: null });
    await attempt(saying, { says });
    return null;
  }
  const { answer } = await tellOnce("say", {
    place,
    thread,
    says,
    fields,
    delivery: crypto.randomUUID(),
  });
  if (answer.form) return answer.form;
  if (answer.card) settle(whisper(place, thread, { kind: "asking", said: null }), answer);
  return null;
}

/** Asks what a form would say now: nothing is done, and nothing is said twice for it. */
async function draft(said) {
  const { answer } = await tell("say", { ...said, draft: true, delivery: crypto.randomUUID() });
  return answer.form;
}

/** Keeps a file where the browser keeps what it downloads, under its own name. */
export function download({ name, media, text }) {
  const url = URL.createObjectURL(new Blob([text], { type: media }));
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function attempt(saying, body) {
  // Each saying has one delivery, however often it takes to arrive.
  saying.delivery ??= crypto.randomUUID();
  update(saying, { failed: null, retry: null });
  const { place, thread, delivery } = saying;
  try {
    const { message, answer } = await tellOnce("say", { place, thread, delivery, ...body });
    if (message) {
      keep([message]);
      dismiss(saying);
    } else {
      settle(saying, answer);
    }
  } catch (failed) {
    update(saying, { failed: failed.message, retry: () => attempt(saying, body) });
    announce(failed.message);
  }
}

function settle(saying, answer) {
  if (answer.card) {
    update(saying, { kind: "answer", card: answer.card, file: answer.file });
    rememberWhispers();
    announce(`Only visible to you: ${answer.card.title}`);
  } else {
    dismiss(saying);
  }
  if (answer.form) {
    openForm(answer.form, (...said) => press(saying.place, saying.thread, ...said));
  }
}

function update(saying, news) {
  Object.assign(saying, news, { version: (saying.version ?? 0) + 1 });
  changed();
}
