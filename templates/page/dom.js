// What several parts of the page do with the document: find, make, write and copy.

import { isJapanese, words } from "./words.js";

export const $ = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** An element with text that people or agents wrote: a screen reader is told when it is Japanese. */
export function inItsLanguage(tag, text) {
  return element(tag, isJapanese(text) ? { lang: "ja", textContent: text } : { textContent: text });
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
