"use client";

// Yours to change. In which language the page speaks, and in which one a text is written.

import { useSyncExternalStore } from "react";
import { en, ja, type Words } from "./words";

const WORDS = { en, ja };
type Language = keyof typeof WORDS;

/** Of the languages that the browser prefers the first that the page speaks; English until the browser is known. */
export function useLanguage(): { language: Language; words: Words } {
  const language = useSyncExternalStore(onChange, preferred, () => "en" as const);
  return { language, words: WORDS[language] };
}

/**
 * For the attribute `lang`: "ja" for a text with kana, else undefined. A browser without it may draw Japanese with the
 * Chinese forms of the characters, and a screen reader may read it out with the wrong voice.
 */
export function languageOf(text: string): "ja" | undefined {
  return /[\u3040-\u30ff]/.test(text) ? "ja" : undefined;
}

function preferred(): Language {
  const tags = navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]);
  return tags.find((tag): tag is Language => tag === "en" || tag === "ja") ?? "en";
}

function onChange(listener: () => void): () => void {
  window.addEventListener("languagechange", listener);
  return () => window.removeEventListener("languagechange", listener);
}
