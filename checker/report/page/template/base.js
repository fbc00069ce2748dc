// What all parts share: the data, elements, numbers.

const DATA = JSON.parse(document.getElementById("data").textContent);
const text = (number) => DATA.texts[number];
const byId = (id) => document.getElementById(id);

// Names come from outside: they are only ever put in as text.
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const GROUPED = new Intl.NumberFormat("en-GB");
const grouped = (value) => GROUPED.format(value);

function span(seconds) {
  if (seconds < 0.1) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
