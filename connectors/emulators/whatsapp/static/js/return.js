// The page that payment pages return to: says so in the customer's language, and closes the overlay it stands in.

const WORDS = {
  zu: ["Ungabuyela ku-WhatsApp", "Isitolo sizokutshela khona ukuthi inkokhelo yakho ihambe kanjani.", "Buyela ku-WhatsApp"],
  xh: ["Ungabuyela kuWhatsApp", "Ivenkile iza kukuxelela apho ngentlawulo yakho.", "Buyela kuWhatsApp"],
  st: ["O ka kgutlela ho WhatsApp", "Lebenkele le tla o bolella teng ka tefo ya hao.", "Kgutlela ho WhatsApp"],
  tn: ["O ka boela kwa WhatsApp", "Lebenkele le tla go bolelela koo ka tuelo ya gago.", "Boela kwa WhatsApp"],
  af: ["Jy kan teruggaan na WhatsApp", "Die winkel sal jou daar sê wat van jou betaling geword het.", "Terug na WhatsApp"],
};

const language = new URLSearchParams(location.search).get("lang");
const words = WORDS[language];
if (words) {
  document.documentElement.lang = language;
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
