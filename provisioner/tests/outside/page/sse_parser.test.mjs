// The page's SSE parser against the HTML standard's own examples and against every way of cutting a stream.
// Run: node --test provisioner/tests/outside/page/sse_parser.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser } from "../../../../templates/page/sse.js";

const encode = (text) => new TextEncoder().encode(text);

/** Parses `bytes` handed over in the pieces that `cuts` (ascending offsets) make of them. */
function parse(bytes, cuts = []) {
  const parser = new SseParser();
  const items = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    items.push(...parser.push(bytes.subarray(from, to)));
    from = to;
  }
  return { items, discarded: parser.end(), retry: parser.retry };
}

const event = (data, { type = "message", lastEventId = "" } = {}) => ({ kind: "event", type, data, lastEventId });
const comment = (text) => ({ kind: "comment", text });
const items = (text) => parse(encode(text)).items;

const council = [
  ": open\n\n",
  'id: 1\ndata: {"type":"start","sessionId":"s-1"}\n\n',
  'id: 2\r\ndata: {"type":"chunk","content":"賢者は言う。🜂 は火、é は e","agent":"CASPAR"}\r\n\r\n',
  'data: {"type":"trace"}\r\r',
  ": keep-alive\r\n\r\n",
  "event: note\r\ndata: 一\r\ndata:\rdata:  二\nretry: 1500\r\n\r\n",
  "data\n\n",
  'id: 9\ndata: {"type":"complete"}\n\n',
].join("");

const councilItems = [
  comment("open"),
  event('{"type":"start","sessionId":"s-1"}', { lastEventId: "1" }),
  event('{"type":"chunk","content":"賢者は言う。🜂 は火、é は e","agent":"CASPAR"}', { lastEventId: "2" }),
  event('{"type":"trace"}', { lastEventId: "2" }),
  comment("keep-alive"),
  event("一\n\n 二", { type: "note", lastEventId: "2" }),
  event("", { lastEventId: "2" }),
  event('{"type":"complete"}', { lastEventId: "9" }),
];

test("a whole stream in one piece", () => {
  assert.deepEqual(parse(encode(council)), { items: councilItems, discarded: false, retry: 1500 });
});

test("one byte at a time", () => {
  const bytes = encode(council);
  const cuts = Array.from({ length: bytes.length }, (_, at) => at);
  assert.deepEqual(parse(bytes, cuts).items, councilItems);
});

test("split once at every byte", () => {
  const bytes = encode(council);
  for (let at = 0; at <= bytes.length; at += 1) {
    assert.deepEqual(parse(bytes, [at]).items, councilItems, `split at byte ${at}`);
  }
});

test("split twice at every pair of bytes around line ends and wide characters", () => {
  const bytes = encode("data: 🜂\r\n\r\ndata: é\r\rdata: 言\n\n");
  const expected = [event("🜂"), event("é"), event("言")];
  for (let first = 0; first <= bytes.length; first += 1) {
    for (let second = first; second <= bytes.length; second += 1) {
      assert.deepEqual(parse(bytes, [first, second]).items, expected, `split at bytes ${first} and ${second}`);
    }
  }
});

test("CR, LF and CRLF end a line, mixed as well", () => {
  for (const end of ["\n", "\r", "\r\n"]) {
    assert.deepEqual(items(`data: a${end}data: b${end}${end}`), [event("a\nb")], JSON.stringify(end));
  }
  assert.deepEqual(items("data: a\rdata: b\ndata: c\r\n\r"), [event("a\nb\nc")]);
});

test("a CR ends its line at once, without waiting for an LF that may never come", () => {
  const parser = new SseParser();
  assert.deepEqual(parser.push(encode("data: now\r\r")), [event("now")]);
  assert.deepEqual(parser.push(encode("\ndata: next\n\n")), [event("next")]);
});

test("the standard's examples", () => {
  assert.deepEqual(items("data: YHOO\ndata: +2\ndata: 10\n\n"), [event("YHOO\n+2\n10")]);
  assert.deepEqual(
    parse(encode(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n")),
    {
      items: [comment("test stream"), event("first event", { lastEventId: "1" }), event("second event")],
      discarded: true,
      retry: null,
    },
  );
  assert.deepEqual(items("data\n\ndata\ndata\n\ndata:"), [event(""), event("\n")]);
  assert.deepEqual(items("data:test\n\ndata: test\n\n"), [event("test"), event("test")]);
});

test("an event without data is no event, and its type does not leak into the next one", () => {
  assert.deepEqual(items("event: lonely\n\ndata: x\n\n"), [event("x")]);
});

test("an id without data still counts for the events after it", () => {
  assert.deepEqual(items("id: 7\n\ndata: x\n\n"), [event("x", { lastEventId: "7" })]);
});

test("an id with a NUL and a retry that is no number are ignored", () => {
  const parsed = parse(encode("id: 3\ndata: a\n\nid: 4\0\nretry: 10s\ndata: b\n\n"));
  assert.deepEqual(parsed.items, [event("a", { lastEventId: "3" }), event("b", { lastEventId: "3" })]);
  assert.equal(parsed.retry, null);
});

test("unknown fields, field names in capitals and colons in values", () => {
  assert.deepEqual(items("Data: no\nfoo: bar\ndata: a:b: c\n\n"), [event("a:b: c")]);
});

test("one byte order mark is dropped, a second one is text", () => {
  assert.deepEqual(items("\uFEFFdata: a\n\n"), [event("a")]);
  assert.deepEqual(items("\uFEFF\uFEFFdata: a\n\ndata: b\n\n"), [event("b")]);
});

test("U+2028, form feed and NEL do not end a line", () => {
  assert.deepEqual(items("data: a\u2028b\fc\u0085d\n\n"), [event("a\u2028b\fc\u0085d")]);
});

test("bytes that are no UTF-8 become replacement characters and nothing is lost around them", () => {
  assert.deepEqual(parse(new Uint8Array([...encode("data: a"), 0xff, ...encode("b\n\n")])).items, [event("a\uFFFDb")]);
});

test("a cut stream says that something was discarded, a clean end does not", () => {
  assert.equal(parse(encode("data: a\n\n")).discarded, false);
  assert.equal(parse(encode("data: a\n")).discarded, true);
  assert.equal(parse(encode("data: a\n\ndat")).discarded, true);
  assert.equal(parse(encode("data: a\n\n言").subarray(0, 10)).discarded, true);
});

test("a megabyte in one line, in small pieces", () => {
  const text = "あ".repeat(350_000);
  const bytes = encode(`data: ${text}\n\n`);
  const cuts = Array.from({ length: Math.floor(bytes.length / 100) }, (_, at) => at * 100);
  assert.deepEqual(parse(bytes, cuts).items, [event(text)]);
});
