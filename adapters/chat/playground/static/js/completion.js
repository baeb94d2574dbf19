// While a command is typed: which commands there are, what each wants, and how a word may go on.

import { h } from "./base/dom.js";
import { ask } from "./base/server.js";
import { store } from "./base/store.js";

const TYPED = /^(\/jit\s+)(\S*)$/i;
const LINE = /^\/jit\s+(\S+)(\s[\s\S]*)$/i;
const WORDS = /["“”][^"“”]*["“”]?|\S+/g;

/** Finds what may be chosen now: commands at once, words from the server soon (`show` is called). */
export function makeSuggester(show) {
  let asking = null;
  let timer = null;

  return (text) => {
    clearTimeout(timer);
    asking?.abort();
    if (/^\/\S*$/.test(text) && "/jit".startsWith(text.toLowerCase()))
      return show(commandsLike(""));
    const typed = TYPED.exec(text);
    if (typed) return show(commandsLike(typed[2].toLowerCase()));
    const line = LINE.exec(text);
    if (!line) return show([]);
    timer = setTimeout(async () => {
      asking = new AbortController();
      try {
        const { suggestions } = await ask(
          "suggest",
          { line: text.slice(4).trimStart() },
          { signal: asking.signal },
        );
        show(suggestions.map((one) => wordOption(text, one)));
      } catch {
        show([]); // a hint that does not come is no loss
      }
    }, 70);
    return undefined;
  };
}

function commandsLike(prefix) {
  return store.commands
    .filter((command) => command.word.startsWith(prefix))
    .map((command) => ({
      becomes: `/jit ${command.word} `,
      label: [`/jit ${command.word}`, partsOf(command).map((part) => [" ", h("span", {}, part)])],
      about: command.summary,
      isCommand: true,
      isWhole: command.word === prefix,
    }));
}

function wordOption(text, { text: word, note }) {
  const start = text.length - /\S*$/.exec(text)[0].length;
  return {
    becomes: `${text.slice(0, start)}${word} `,
    label: [word],
    about: note,
    isCommand: false,
  };
}

/** Says what the command being typed wants, with the word that is next in bold; or null. */
export function buildUsage(text) {
  const line = /^\/jit\s+(\S+)([\s\S]*)$/i.exec(text);
  const command = line && store.commands.find((one) => one.word === line[1].toLowerCase());
  if (!command || (!line[2] && !command.usage)) return null;
  const parts = partsOf(command);
  const next = nextWord(line[2], parts.length);
  return h(
    "div",
    { class: "usage" },
    h(
      "code",
      {},
      `/jit ${command.word}`,
      parts.map((part, index) => [" ", index === next ? h("b", {}, part) : part]),
    ),
    h("span", { class: "summary" }, command.summary),
  );
}

function partsOf(command) {
  return command.usage.match(/\[[^\]]*\]|<[^>]*>|["“”][^"“”]*["“”]|\S+/g) ?? [];
}

function nextWord(rest, count) {
  const words = rest.match(WORDS) ?? [];
  const last = words.at(-1) ?? "";
  const isInQuotes = /^["“”]/.test(last) && !/.["“”]$/.test(last);
  const isBetween = /^$|\s$/.test(rest) && !isInQuotes;
  const next = isBetween ? words.length : words.length - 1;
  return Math.min(Math.max(next, 0), count - 1);
}
