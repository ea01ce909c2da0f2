// The page that payment pages return to: says so in the customer's language, and closes the overlay it stands in.

const WORDS = {
  zu: ["Ungabuyela ku-WhatsApp", "Isitolo sizokutshela khona ukuthi inkokhelo yakho ihambe kanjani.", "Buyela ku-WhatsApp"],
  xh: ["Ungabuyela kuWhatsApp", "Ivenkile iza kukuxelela apho ngentlawulo yakho.", "Buyela kuWhatsApp"],
  st: ["O ka kgutlela ho WhatsApp", "Lebenkele le tla o bolella teng ka tefo ya hao.", "Kgutlela ho WhatsApp"],
  tn: ["O ka boela kwa WhatsApp", "Lebenkele le tla go bolelela koo ka tuelo ya gago.", "Boela kwa WhatsApp"],
  nso: ["O ka boela go WhatsApp", "Lebenkele le tla go botša gona ka tefo ya gago.", "Boela go WhatsApp"],
  ts: ["U nga tlhelela eka WhatsApp", "Xitolo xi ta ku byela kona hi ku hakela ka wena.", "Tlhelela eka WhatsApp"],
  ve: ["Vha nga humela kha WhatsApp", "Vhengele ḽi ḓo vha vhudza henefho nga ha mbadelo yavho.", "U humela kha WhatsApp"],
  ss: ["Ungabuyela ku-WhatsApp", "Sitolo sitakutjela khona ngenkhokhelo yakho.", "Buyela ku-WhatsApp"],
  nr: ["Ungabuyela ku-WhatsApp", "Isitolo sizokutjela khona ngokubhadela kwakho.", "Buyela ku-WhatsApp"],
  af: ["Jy kan teruggaan na WhatsApp", "Die winkel sal jou daar sê wat van jou betaling geword het.", "Terug na WhatsApp"],
  tsotsi: ["Buyela ku-WhatsApp mfethu", "I-shop izokushayela khona nge-payment yakho.", "Buyela ku-WhatsApp"],
};

const language = new URLSearchParams(location.search).get("lang");
const words = WORDS[language];
if (words) {
  document.documentElement.lang = language === "tsotsi" ? "en-ZA" : language;
  for (const [index, name] of ["title", "text", "button"].entries()) {
    document.querySelector(`[data-word=${name}]`).textContent = words[index];
  }
}

if (window.parent !== window) {
  document.querySelector(".button").addEventListener("click", (event) => {
    event.preventDefault();
    window.parent.postMessage({ wakala: "back-to-chat" }, "*");
  });
}
