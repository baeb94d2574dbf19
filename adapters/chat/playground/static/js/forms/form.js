// A form, in a card or in a dialog.

import { announce, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { followForm } from "./draft.js";
import { makeField } from "./field.js";

let made = 0;

/**
 * Draws a form. `press(says, fields)` submits it and gives the next form where something is still wrong;
 * with a third argument it only gives the form as it would be now. `ends` are elements beside the
 * submit button.
 */
export function buildForm(form, { press, inDialog = false, ends = [] }) {
  const prefix = `form${++made}`;
  const submit = h("button", { type: "submit", class: "button primary" }, form.submit);
  const failure = h("p", { class: "form-failed", role: "alert" });
  const fields = form.fields.map((field) => makeField(field, `${prefix}-${field.name}`));
  const preview = h("div", { class: "preview", role: "status", hidden: true });
  const element = h(
    "form",
    {
      class: "form",
      novalidate: true,
      "aria-label": form.title,
      submit: async (submitted) => {
        submitted.preventDefault();
        if (submit.ariaDisabled === "true") return;
        submit.ariaDisabled = submit.ariaBusy = "true";
        failure.textContent = "";
        try {
          const again = await press(form.says, Object.fromEntries(new FormData(element)));
          if (again && !inDialog)
            element.replaceWith(focusFirstWrong(buildForm(again, { press, ends })));
        } catch (failed) {
          failure.textContent = failed.message;
        } finally {
          submit.ariaDisabled = submit.ariaBusy = null;
        }
      },
    },
    !inDialog && h("h4", {}, form.title),
    fields.map((field) => field.element),
    preview,
    failure,
    h("div", { class: "form-end" }, inDialog ? [ends, submit] : [submit, ends]),
  );
  followForm(element, form, fields, {
    preview,
    draft: (says, filled) => press(says, filled, { isDraft: true }),
  });
  return element;
}

function focusFirstWrong(element) {
  queueMicrotask(() => {
    const wrong =
      element.querySelector("[aria-invalid]") ?? element.querySelector("input, textarea, select");
    wrong?.focus();
  });
  return element;
}

/** Opens a form in a dialog; it stays open, with what is wrong shown, until all is right. */
export function openForm(form, press) {
  const before = document.activeElement;
  const title = h("h2", { id: "modal-title" });
  const body = h("div");
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    {
      class: "modal",
      "aria-labelledby": "modal-title",
      close: () => {
        dialog.remove();
        if (before?.isConnected) before.focus();
      },
    },
    h(
      "header",
      {},
      title,
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": "Close", click: close },
        icon("close"),
      ),
    ),
    body,
  );
  const show = (shown) => {
    title.textContent = shown.title;
    const cancel = h("button", { type: "button", class: "button", click: close }, "Cancel");
    const submit = async (says, fields, how) => {
      const again = await press(says, fields, how);
      if (how?.isDraft) return again;
      if (again) show(again);
      else close();
      return null;
    };
    const built = buildForm(shown, { press: submit, inDialog: true, ends: [cancel] });
    body.replaceChildren(focusFirstWrong(built));
    const wrong = shown.fields.filter((field) => field.error);
    if (wrong.length) announce(wrong.map((field) => `${field.label}: ${field.error}`).join(" "));
  };
  document.body.append(dialog);
  show(form);
  dialog.showModal();
}
