// The timeline as numbers: its rows of pieces, and which of them is where. Times in microseconds.

const WIDEST_LABEL = 150; // pixels

// A row: a label, and its pieces as columns, each piece after the one before it.
function rowsOf(labels, pieces, kind) {
  const rows = labels.map((label) => ({ label, kind, pieces: [] }));
  for (let at = 0; at < (pieces.row?.length ?? 0); at += 1) {
    rows[pieces.row[at]].pieces.push({
      kind: text(pieces.kind[at]),
      file: text(pieces.file[at]),
      name: text(pieces.name[at]),
      begin: pieces.begin[at],
      end: pieces.begin[at] + pieces.length[at],
      cpu: pieces.cpu[at],
    });
  }
  return rows;
}

// Of a schedule, without the workers that it has no use for.
function plannedRows({ rows, pieces }) {
  const labels = Array.from({ length: rows }, (_, number) => `worker ${number + 1}`);
  return rowsOf(labels, pieces, "predicted").filter((row) => row.pieces.length);
}

// The first piece of a row that ends after this time.
function firstAfter(pieces, time) {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].end > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

function pieceAt(row, time, reach) {
  const { pieces } = row;
  const at = firstAfter(pieces, time - reach);
  return at < pieces.length && pieces[at].begin <= time + reach ? at : -1;
}

const SAID = {
  start: "coqc starts",
  head: "coqc starts, and loads what is there already",
  text: "text between proofs",
  fork: "the process is copied",
  end: "coqc ends with the file",
  file: "the whole file",
  coqdep: "coqdep",
  coqc: "plain coqc is asked",
  token: "waits for a token",
  pass: "a pass over the file",
  copy: "proofs in a copy",
};

function described(piece) {
  const head = piece.name || SAID[piece.kind] || piece.kind;
  const cpu = piece.cpu === null || piece.cpu === undefined ? "" : `, CPU ${span(piece.cpu)}`;
  const time = `${span((piece.end - piece.begin) / 1e6)} from ${span(piece.begin / 1e6)}${cpu}`;
  return { head, file: piece.file, time };
}
