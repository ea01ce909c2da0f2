// One phone: its frame, its list of chats, and the chat that is open.

import { Chat } from "./chat.js";
import { avatar, h, icon, iconOf } from "./dom.js";
import { summary, timeOf } from "./wording.js";

const LANGUAGES = {
  en: "English", zu: "isiZulu", xh: "isiXhosa", st: "Sesotho", tn: "Setswana", nso: "Sepedi", ts: "Xitsonga", ve: "Tshivenḓa",
  ss: "siSwati", nr: "isiNdebele", af: "Afrikaans", tsotsi: "Tsotsitaal",
};
const CLOCK = new Intl.DateTimeFormat("en-ZA", { hour: "2-digit", minute: "2-digit", hour12: false });

// Keeps a person's list of chats: the last message of each, and how many are unread.
export function noteMessage(person, number, message, isNew) {
  let thread = person.threads.find((one) => one.phone_number_id === number);
  if (!thread) {
    thread = { phone_number_id: number, last: null, unread: 0 };
    person.threads.push(thread);
  }
  if (isNew || thread.last?.id === message.id) thread.last = message;
  if (isNew) thread.unread = message.from === "business" ? thread.unread + 1 : 0;
  return thread;
}

export class Phone {
  constructor(person, world, { onClose, onMove }) {
    Object.assign(this, { person, world, onMove });
    this.screen = h("div", { class: "slot" });
    this.host = h("div", { class: "sheets" });
    const isMerchant = person.role === "merchant";
    this.element = h(
      "section",
      { class: `phone ${person.role}`, "aria-label": `${person.name}'s phone`, "data-wa": person.wa_id },
      h("header", { class: "owner" },
        avatar(person.name, person.wa_id),
        h("div", {},
          h("h2", {}, person.name),
          h("p", {}, isMerchant ? h("span", { class: "badge" }, icon("shop"), person.shop || "Shop owner") : LANGUAGES[person.language] ?? person.language)),
        h("button", { type: "button", class: "round", "aria-label": `Put ${person.name}'s phone away`, onclick: onClose }, icon("close"))),
      h("div", { class: "device" },
        h("div", { class: "statusbar", "aria-hidden": "true" }, h("span", {}, CLOCK.format(new Date())), h("span", { class: "notch" }), h("span", { class: "signal" })),
        h("div", { class: "screen" }, this.screen, this.host)),
    );
    this.showChats();
  }

  showChats() {
    this.chat = null;
    this.host.replaceChildren();
    this.screen.inert = false;
    this.list = h("ul", { class: "chats", "aria-label": "Chats" });
    this.screen.replaceChildren(h("div", { class: "view" }, h("header", { class: "bar home" }, h("h3", {}, "Chats")), this.list));
    this.drawChats();
    this.onMove();
  }

  drawChats() {
    const latest = (number) => this.thread(number)?.last?.at ?? "";
    const numbers = [...this.world.numbers].sort((a, b) => latest(b).localeCompare(latest(a)));
    this.list.replaceChildren(...numbers.map((number) => this.chatRow(number)));
  }

  chatRow(number) {
    const { last, unread = 0 } = this.thread(number) ?? {};
    return h("li", {}, h(
      "button",
      { type: "button", class: "chat-row", "data-number": number.phone_number_id, onclick: () => this.open(number.phone_number_id) },
      avatar(number.name, number.phone_number_id, iconOf(number)),
      h("span", { class: "chat-words" }, h("strong", {}, number.name), h("small", {}, last ? summary(last) : number.about)),
      h("span", { class: "chat-side" },
        last && h("time", { datetime: last.at }, timeOf(last.at)),
        unread > 0 && h("span", { class: "unread" }, String(unread), h("span", { class: "hidden" }, " unread"))),
    ));
  }

  async open(phoneNumberId) {
    const number = this.world.numbers.find((one) => one.phone_number_id === phoneNumberId);
    if (!number) return;
    this.chat = new Chat(this.person, number, this.world, this.host, () => this.showChats());
    this.screen.replaceChildren(this.chat.element);
    this.onMove();
    const thread = this.thread(number);
    if (thread) thread.unread = 0;
    await this.chat.load();
  }

  thread(number) {
    return this.person.threads.find((thread) => thread.phone_number_id === number.phone_number_id);
  }

  reload() {
    return this.chat?.load();
  }

  onMessage(number, message, isNew) {
    const thread = noteMessage(this.person, number, message, isNew);
    const isOpen = this.chat?.number.phone_number_id === number;
    if (isOpen) thread.unread = 0;
    if (isOpen) this.chat.put(message, isNew);
    else if (!this.chat) this.drawChats();
  }

  onTyping(number) {
    if (this.chat?.number.phone_number_id === number) this.chat.startTyping();
  }
}
