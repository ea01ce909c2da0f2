// Text as WhatsApp shows it: *bold*, _italic_, ~struck~, ```code```, and links. Built as nodes, never as HTML.

import { h } from "./dom.js";

const MARKS = /```([^`]+)```|(?<![\p{L}\p{N}])([*_~])(?!\s)([^\n]+?)(?<!\s)\2(?![\p{L}\p{N}])|(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/gu;
const TAGS = { "*": "strong", _: "em", "~": "s" };

export function formatted(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(MARKS)) {
    nodes.push(text.slice(end, match.index));
    if (match[1]) nodes.push(h("code", {}, match[1]));
    else if (match[2]) nodes.push(h(TAGS[match[2]], {}, formatted(match[3])));
    else nodes.push(h("a", { href: match[4], target: "_blank", rel: "noopener noreferrer" }, match[4]));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

export const plain = (text) => text.replace(/```/g, "").replace(/(^|[\s(])([*_~])(\S.*?)\2(?=$|[\s).,!?:])/g, "$1$3");

const TIME = new Intl.DateTimeFormat("en-ZA", { hour: "2-digit", minute: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat("en-ZA", { weekday: "long", day: "numeric", month: "long" });

export const timeOf = (iso) => TIME.format(new Date(iso));

export function dayOf(iso) {
  const day = new Date(iso);
  const today = new Date();
  if (day.toDateString() === today.toDateString()) return "Today";
  today.setDate(today.getDate() - 1);
  return day.toDateString() === today.toDateString() ? "Yesterday" : DAY.format(day);
}

// One line that stands for a message in a list of chats or above a reply.
export function summary(message) {
  const words = { location: "Location", image: "Photo", audio: "Voice message", video: "Video", document: "Document" };
  if (message.kind in words && !message.text) return message.voice ? "Voice message" : words[message.kind];
  return plain((message.text ?? "").replace(/\s+/g, " ")).trim() || words[message.kind] || "Message";
}
