// The tables of files, proofs and runs.

const GOOD = DATA.words.indexOf("checked");

function fillText(cell, words, kind) {
  cell.append(element("span", { className: kind, textContent: words }));
}

function fillNumber(cell, value, digits) {
  if (value !== null) cell.textContent = digits ? value.toFixed(digits) : grouped(value);
}

// More is red, less is green; what is too little to be told apart from chance is neither.
function fillChange(cell, change, whole) {
  if (change === null) return;
  cell.textContent = `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(3)}`;
  if (Math.abs(change) > Math.max(0.02, 0.1 * whole)) {
    cell.classList.add(change > 0 ? "more" : "fewer");
  }
}

// Where there is no room for a column, what is not good stands under the name.
function fillUnder(cell, verdict, words) {
  const chip = verdict === GOOD ? [] : [chipOf(DATA.words[verdict]), " "];
  if (words || chip.length) cell.append(element("span", { className: "under place" }, ...chip, words));
}

const chipOf = (word) => element("span", { className: `chip ${word.replace(" ", "-")}`, textContent: word });

// In a run, what is good is either run now or known from before.
function fillVerdict(cell, verdict, isKnown, isAdmitted) {
  const isKnownNow = isKnown && DATA.timeline;
  cell.append(chipOf(isKnownNow && verdict === GOOD ? "known" : DATA.words[verdict]));
  if (isKnownNow && verdict !== GOOD) cell.append(" ", chipOf("known"));
  if (isAdmitted) cell.append(" ", chipOf("admitted"));
}

// A button that leads to somewhere else in the page.
function fillLink(cell, words, kind, go) {
  cell.append(element("button", { type: "button", className: `link ${kind}`, textContent: words, onclick: go }));
}

const numbers = (columns, keys, digits = 0) =>
  keys.map((key) => ({
    key,
    isNumber: true,
    value: (row) => columns[key][row],
    fill: (cell, row) => fillNumber(cell, columns[key][row], digits),
  }));

function filesTable(goToProofs) {
  const files = DATA.files;
  const name = (row) => text(files.name[row]);
  return makeTable("files", {
    count: files.name?.length ?? 0,
    sorted: { key: "whole", isDown: true },
    words: (row) => `${name(row)} ${DATA.words[files.verdict[row]]}`,
    decorate: (line, row) => line.classList.toggle("critical", files.critical[row] === 1),
    columns: [
      {
        key: "name",
        value: name,
        fill(cell, row) {
          fillLink(cell, name(row), "place", () => goToProofs(name(row)));
          fillUnder(cell, files.verdict[row], "");
        },
      },
      {
        key: "verdict",
        value: (row) => files.verdict[row],
        fill: (cell, row) => fillVerdict(cell, files.verdict[row], files.known[row]),
      },
      ...numbers(files, ["proofs"]),
      ...numbers(files, ["whole", "pass", "slack"], 2),
      {
        key: "seconds",
        isNumber: true,
        value: (row) => (files.known[row] ? null : files.seconds[row]),
        fill: (cell, row) => fillNumber(cell, files.known[row] ? null : files.seconds[row], 2),
      },
      {
        key: "change",
        isNumber: true,
        value: (row) => files.change[row],
        fill: (cell, row) => fillChange(cell, files.change[row], files.seconds[row]),
      },
    ],
  });
}

// What the table of proofs can be restricted to.
function choices(proofs) {
  const found = [
    ["all", () => true],
    ["not good", (row) => proofs.verdict[row] !== GOOD],
    ["run now", (row) => proofs.known[row] === 0],
    ["known", (row) => proofs.known[row] === 1],
    ["admitted", (row) => proofs.admitted[row] === 1],
  ];
  return new Map(DATA.timeline ? found : found.filter(([name]) => name !== "run now"));
}

function proofsTable(goToPiece) {
  const proofs = DATA.proofs;
  const name = (row) => text(proofs.name[row]);
  const file = (row) => text(DATA.files.name[proofs.file[row]]);
  const place = (row) => (proofs.line[row] ? `${file(row)}:${proofs.line[row]}` : file(row));
  const change = (row) => {
    const [now, before] = [proofs.seconds[row], proofs.before[row]];
    return now === null || before === null ? null : now - before;
  };
  const known = choices(proofs);
  const choice = byId("proofs-choice");
  choice.append(...[...known.keys()].map((words) => element("option", { textContent: words })));
  const table = makeTable("proofs", {
    count: proofs.name?.length ?? 0,
    sorted: { key: "seconds", isDown: true },
    words: (row) => `${name(row)} ${file(row)} ${DATA.words[proofs.verdict[row]]}`,
    accepts: (row) => known.get(choice.value)(row),
    columns: [
      {
        key: "name",
        value: name,
        fill(cell, row) {
          const go = () => goToPiece(file(row), name(row));
          if (goToPiece && !proofs.known[row]) fillLink(cell, name(row), "proof", go);
          else fillText(cell, name(row), "proof");
          fillUnder(cell, proofs.verdict[row], place(row));
        },
      },
      // By file, and in it by line: that is the order in which they are listed.
      { key: "place", value: (row) => row, fill: (cell, row) => fillText(cell, place(row), "place") },
      {
        key: "verdict",
        value: (row) => proofs.verdict[row],
        fill: (cell, row) => fillVerdict(cell, proofs.verdict[row], proofs.known[row], proofs.admitted[row]),
      },
      ...numbers(proofs, ["seconds", "before"], 3),
      {
        key: "change",
        isNumber: true,
        value: change,
        fill: (cell, row) => fillChange(cell, change(row), proofs.seconds[row]),
      },
      {
        key: "memory",
        isNumber: true,
        value: (row) => proofs.memory[row] || null,
        fill: (cell, row) => fillNumber(cell, proofs.memory[row] || null),
      },
    ],
  });
  choice.addEventListener("change", table.refresh);
  return {
    searchFor(words) {
      choice.value = "all";
      table.searchFor(words);
    },
  };
}

function historyTable() {
  const runs = DATA.history;
  const when = (row) => new Date(runs.date[row]).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
  return makeTable("history", {
    count: runs.date.length,
    sorted: { key: "date", isDown: true },
    words: (row) => `${when(row)} ${text(runs.command[row])}`,
    columns: [
      {
        key: "date",
        isNumber: true,
        value: (row) => runs.date[row],
        fill: (cell, row) => fillText(cell, when(row), ""),
      },
      {
        key: "command",
        value: (row) => text(runs.command[row]),
        fill: (cell, row) => fillText(cell, text(runs.command[row]), ""),
      },
      ...numbers(runs, ["seconds"], 2),
      ...numbers(runs, ["workers", "proofs", "ran", "known", "wrong"]),
    ],
  });
}
