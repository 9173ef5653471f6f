// The page's words in the browser's language, and how values are written in it.

import { en } from "./words/en.js";
import { ja } from "./words/ja.js";

const WORDS = { en, ja };

/** Of the languages that the browser prefers the first that the page speaks. */
export const language = navigator.languages.map((tag) => tag.split("-")[0].toLowerCase()).find((tag) => tag in WORDS) ?? "en";
export const otherLanguage = language === "ja" ? "en" : "ja";
export const words = WORDS[language];
export const otherWords = WORDS[otherLanguage];

/** For the attribute `lang`: one font has other forms of a character for Japanese than for Chinese. */
export const isJapanese = (text) => /[\u3040-\u30ff]/.test(text);

/** Puts values where a text says {0}, {1}. */
export const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, at) => values[at]);

const format = new Intl.NumberFormat(language);
export const number = (value) => format.format(value);

export const seconds = (value) => fill(words.seconds, (value / 1_000).toFixed(1));
export const milliseconds = (value) => (value < 1_000 ? fill(words.ms, Math.round(value)) : seconds(value));

export function bytes(value) {
  if (value < 1_000) return `${value} B`;
  return value < 1_000_000 ? `${(value / 1_000).toFixed(1)} kB` : `${(value / 1_000_000).toFixed(1)} MB`;
}

/** The local time of day with milliseconds: 12:03:04.567. */
export function timeOfDay(date) {
  const two = (value) => String(value).padStart(2, "0");
  const milli = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milli}`;
}
