// The few things that every part of the page does with the document.

import { words } from "./words.js";

export const $ = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Writes text only where it differs: an unchanged node costs the browser nothing. */
export function put(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

export async function copy(text, button) {
  const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
  button.textContent = done ? words.copied : words.copyFailed;
  setTimeout(() => (button.textContent = words.copy), 1_500);
}
