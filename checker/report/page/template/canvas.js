// The timeline on its canvas: drawn anew at each change, which takes milliseconds.

const COLOURS = {
  ...{ proof: "proof", file: "proof", copy: "proof" },
  ...{ text: "text", pass: "text" },
  ...{ start: "start", head: "start", fork: "fork", end: "end" },
  ...{ coqdep: "end", coqc: "end", token: "wait" },
};
// What each colour means, and of which kinds of pieces.
const LEGEND = [
  ["proof", "proof", ["proof", "copy"]],
  ["proof", "file", ["file"]],
  ["text", "text", ["text", "pass"]],
  ["start", "start", ["start", "head"]],
  ["fork", "copying", ["fork"]],
  ["end", "end", ["end"]],
  ["wait", "waits", ["token"]],
];
const [AXIS, CHART, SPACE] = [22, 46, 12];
const ZOOM = 1.3;
const BOUND = "lower bound";

function timeline() {
  const canvas = byId("timeline-canvas");
  if (!canvas) return null;
  const [tip, readout] = [byId("timeline-tip"), byId("timeline-text")];
  const { timeline: run, predicted } = DATA;
  const actual = run ? rowsOf(run.rows, run.pieces, "run") : [];
  const planned = predicted ? plannedRows(predicted) : [];
  const rows = [...actual, ...planned];
  const end = Math.max(run?.end ?? 0, predicted?.end ?? 0, predicted?.bound ?? 0, 1000);
  const context = canvas.getContext("2d");
  let view = { from: 0, to: end };
  let chosen = null; // {row, at}: by the keys
  let width = 0;
  let gutter = 0;

  // ---- where things are ----

  const height = Math.max(7, Math.min(22, Math.floor(420 / Math.max(1, rows.length))));
  let below = AXIS;
  for (const row of rows) {
    if (row.kind === "predicted" && row === planned[0] && run) below += AXIS + 4;
    row.top = below;
    below += height;
  }
  const charts = [];
  for (const [values, label, unit] of [[run?.memory, "memory", "MB"], [run?.busy, "workers", ""]]) {
    if (!values?.length) continue;
    below += SPACE;
    charts.push({ values, label, unit, top: below, most: Math.max(1, ...values.map(([, value]) => value)) });
    below += CHART;
  }
  const total = below + 6;
  const x = (time) => gutter + ((time - view.from) / (view.to - view.from)) * (width - gutter);
  const timeAt = (at) => view.from + ((at - gutter) / (width - gutter)) * (view.to - view.from);
  const perPixel = () => (view.to - view.from) / Math.max(1, width - gutter);
  const rowAt = (y) => rows.find((row) => y >= row.top && y < row.top + height);

  // ---- drawing ----

  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();

  function fit() {
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    gutter = width < 560 ? 26 : 78;
    canvas.style.height = `${total}px`;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(total * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw();
  }

  function draw() {
    canvas.dataset.seconds = (view.to - view.from) / 1e6;
    context.clearRect(0, 0, width, total);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    drawAxis();
    for (const row of rows) drawRow(row);
    for (const chart of charts) drawChart(chart);
    if (planned.length && run) heading("predicted", planned[0].top - 11);
    if (run) drawMark(run.end, "end", "muted", AXIS, actual.length ? actual.at(-1).top + height : AXIS);
    if (predicted) drawMark(predicted.bound, BOUND, "critical", 0, rows.at(-1) ? rows.at(-1).top + height : total);
  }

  function heading(words, y) {
    context.fillStyle = colour("muted");
    context.textAlign = "left";
    context.fillText(words, 6, y);
  }

  function drawAxis() {
    const shown = (view.to - view.from) / 1e6;
    const power = 10 ** Math.floor(Math.log10(shown / Math.max(3, width / 160)));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => shown / n <= Math.max(3, width / 90));
    context.strokeStyle = colour("line");
    context.fillStyle = colour("muted");
    context.textAlign = "center";
    context.lineWidth = 1;
    context.globalAlpha = 0.6;
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const taken = predicted ? markSpan(BOUND, x(predicted.bound)) : null;
    for (let n = Math.ceil(view.from / 1e6 / step); n * step <= view.to / 1e6; n += 1) {
      const at = Math.round(x(n * step * 1e6)) + 0.5;
      if (at < gutter) continue;
      context.beginPath();
      context.moveTo(at, AXIS - 5);
      context.lineTo(at, total);
      context.stroke();
      context.globalAlpha = 1;
      const isFree = !taken || at + 20 < taken.left || at - 20 > taken.left + taken.room;
      if (at < width - 18 && isFree) context.fillText(`${(n * step).toFixed(digits)} s`, at, 9);
      context.globalAlpha = 0.6;
    }
    context.globalAlpha = 1;
  }

  function drawRow(row) {
    context.fillStyle = colour("muted");
    context.textAlign = "right";
    const label = gutter < 40 ? (row.label.match(/\d+$/)?.[0] ?? "") : row.label;
    if (height >= 11) context.fillText(label, gutter - 6, row.top + height / 2);
    const { pieces } = row;
    context.textAlign = "left";
    let drawn = -1; // the pixel up to which the row is drawn: pieces that are too short share one
    for (let at = firstAfter(pieces, view.from); at < pieces.length && pieces[at].begin < view.to; at += 1) {
      const piece = pieces[at];
      const left = Math.max(gutter, x(piece.begin));
      const right = Math.min(width, x(piece.end));
      if (right <= drawn) continue;
      const wide = Math.max(right - left, 1);
      context.fillStyle = colourOf(piece);
      context.fillRect(left, row.top + 1, wide > 3 ? wide - 0.5 : wide, height - 2);
      drawn = Math.max(Math.floor(right), drawn + 1);
      if (wide > 34 && height >= 14) drawLabel(piece, left, wide, row.top);
    }
    if (chosen?.row === row) outline(row, pieces[chosen.at]);
  }

  const named = new Map();
  function colourOf(piece) {
    const name = COLOURS[piece.kind] ?? "text";
    if (!named.has(name)) named.set(name, colour(name));
    return named.get(name);
  }

  function drawLabel(piece, left, wide, top) {
    const words = piece.name || piece.file.replace(/^.*\//, "").replace(/\.v$/, "");
    const room = Math.min(wide - 6, WIDEST_LABEL);
    const kept = words.slice(0, Math.floor(room / 6));
    if (kept.length < Math.min(4, words.length)) return;
    context.fillStyle = colour({ text: "ink", pass: "ink", token: "ink", start: "on-start", head: "on-start" }[piece.kind] ?? "on-piece");
    context.fillText(kept, left + 3, top + height / 2);
  }

  function outline(row, piece) {
    context.strokeStyle = colour("ink");
    context.lineWidth = 2;
    context.strokeRect(x(piece.begin) - 1, row.top, Math.max(3, x(piece.end) - x(piece.begin)) + 1, height);
  }

  function drawMark(time, words, name, top, bottom) {
    const at = Math.round(x(time)) + 0.5;
    if (at < gutter || at > width + 1) return;
    context.strokeStyle = context.fillStyle = colour(name);
    context.lineWidth = 1.5;
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(at, top + (top ? 0 : 16));
    context.lineTo(at, bottom);
    context.stroke();
    context.setLineDash([]);
    if (words !== "end") markLabel(words, at);
  }

  // In the place of numbers of the axis.
  function markSpan(words, at) {
    const room = context.measureText(words).width + 8;
    return { left: Math.min(Math.max(gutter, at - room / 2), width - room), room };
  }

  function markLabel(words, at) {
    context.textAlign = "left";
    context.fillText(words, markSpan(words, at).left + 4, 9);
  }

  function drawChart({ values, label, unit, top, most }) {
    const bottom = top + CHART;
    const y = (value) => bottom - (value / most) * (CHART - 8);
    context.fillStyle = colour("muted");
    context.textAlign = "right";
    if (gutter > 40) context.fillText(label, gutter - 6, top + CHART / 2 - 6);
    if (gutter > 40) context.fillText(`${grouped(most)} ${unit}`.trim(), gutter - 6, top + CHART / 2 + 8);
    context.save();
    context.beginPath();
    context.rect(gutter, top, width - gutter, CHART);
    context.clip();
    context.beginPath();
    context.moveTo(x(0), bottom);
    let last = 0;
    for (const [time, value] of values) {
      context.lineTo(x(time), y(last));
      context.lineTo(x(time), y(value));
      last = value;
    }
    context.lineTo(x(run.end), y(last));
    context.lineTo(x(run.end), bottom);
    context.closePath();
    context.fillStyle = colour("wait");
    context.fill();
    context.restore();
  }

  // ---- what is seen of it ----

  function look(from, to) {
    const wide = Math.min(end, Math.max(20, to - from));
    const left = Math.min(Math.max(0, from), end - wide);
    view = { from: left, to: left + wide };
    draw();
  }

  function zoom(factor, at = (view.from + view.to) / 2) {
    look(at - (at - view.from) * factor, at + (view.to - at) * factor);
  }

  const move = (share) => look(view.from + share * (view.to - view.from), view.to + share * (view.to - view.from));

  function tell(piece, row) {
    const { head, file, time } = described(piece);
    const where = row.kind === "predicted" ? `predicted, ${row.label}` : row.label;
    readout.textContent = [head, file, where, time].filter(Boolean).join(" · ");
    return [
      element("strong", { textContent: head }),
      element("div", { textContent: file }),
      element("div", { textContent: `${where} · ${time}` }),
    ];
  }

  function point(event) {
    const box = canvas.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const row = left >= gutter ? rowAt(top) : null;
    const at = row ? pieceAt(row, timeAt(left), 2 * perPixel()) : -1;
    tip.hidden = at < 0;
    if (at < 0) return;
    tip.replaceChildren(...tell(row.pieces[at], row));
    tip.style.left = `${Math.max(4, Math.min(left + 12, width - tip.offsetWidth - 8))}px`;
    tip.style.top = `${top + 18 + tip.offsetHeight > total ? Math.max(2, top - tip.offsetHeight - 10) : top + 18}px`;
  }

  // By the keys from piece to piece; the view follows.
  function choose(row, at) {
    const { pieces } = row;
    if (!pieces.length) return;
    chosen = { row, at: Math.max(0, Math.min(at, pieces.length - 1)) };
    const piece = pieces[chosen.at];
    const wide = view.to - view.from;
    const middle = (piece.begin + piece.end) / 2;
    if (piece.begin < view.from || piece.end > view.to) look(middle - wide / 2, middle + wide / 2);
    else draw();
    tip.hidden = true;
    tell(piece, row);
  }

  function step(byRows, byPieces) {
    if (!chosen) {
      const first = rows.find((row) => row.pieces.length);
      if (first) choose(first, firstAfter(first.pieces, view.from));
      return;
    }
    if (byPieces) choose(chosen.row, chosen.at + byPieces);
    else {
      const next = rows[rows.indexOf(chosen.row) + byRows];
      const here = chosen.row.pieces[chosen.at];
      if (next) choose(next, firstAfter(next.pieces, (here.begin + here.end) / 2));
    }
  }

  const KEYS = {
    "+": () => zoom(1 / ZOOM),
    "=": () => zoom(1 / ZOOM),
    "-": () => zoom(ZOOM),
    0: () => look(0, end),
    Home: () => look(0, view.to - view.from),
    End: () => look(end - (view.to - view.from), end),
    ArrowLeft: (event) => (event.shiftKey ? move(-0.2) : step(0, -1)),
    ArrowRight: (event) => (event.shiftKey ? move(0.2) : step(0, 1)),
    ArrowUp: () => step(-1, 0),
    ArrowDown: () => step(1, 0),
  };

  canvas.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? null : KEYS[event.key];
    if (!act) return;
    act(event);
    event.preventDefault();
  });
  // The wheel scrolls the page until the timeline is clicked; with Ctrl, as a pinch says it, it zooms.
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      const box = canvas.getBoundingClientRect();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) move(event.deltaX / width);
      else zoom(ZOOM ** Math.sign(event.deltaY), timeAt(event.clientX - box.left));
    },
    { passive: false },
  );
  drag(canvas, {
    moved: (pixels) => look(view.from - pixels * perPixel(), view.to - pixels * perPixel()),
    pinched: (factor, at) => zoom(factor, timeAt(at - canvas.getBoundingClientRect().left)),
    hovered: point,
    left: () => { tip.hidden = true; },
  });
  byId("zoom-in").addEventListener("click", () => zoom(1 / ZOOM ** 2));
  byId("zoom-out").addEventListener("click", () => zoom(ZOOM ** 2));
  byId("zoom-all").addEventListener("click", () => look(0, end));
  const kinds = new Set(rows.flatMap((row) => row.pieces.map((piece) => piece.kind)));
  const used = LEGEND.filter(([, , those]) => those.some((kind) => kinds.has(kind)));
  byId("timeline-legend").append(...used.map(([name, words]) => legend(name, words)));
  new ResizeObserver(fit).observe(canvas.parentElement);
  const redraw = () => { named.clear(); draw(); };
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", redraw);
  fit();
  return {
    // Show where a proof was run.
    goTo(file, name) {
      for (const row of actual) {
        const at = row.pieces.findIndex((piece) => piece.name === name && piece.file === file);
        if (at < 0) continue;
        const { begin, end: until } = row.pieces[at];
        const margin = Math.max(4 * (until - begin), end / 200);
        look(begin - margin, until + margin);
        choose(row, at);
        canvas.focus({ preventScroll: true });
        byId("timeline").scrollIntoView();
        return true;
      }
      return false;
    },
  };
}

function legend(name, words) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  shape.setAttribute("viewBox", "0 0 8 8");
  shape.setAttribute("aria-hidden", "true");
  const square = document.createElementNS(shape.namespaceURI, "rect");
  square.setAttribute("width", 8);
  square.setAttribute("height", 8);
  square.style.fill = `var(--${name})`;
  shape.append(square);
  return element("li", {}, shape, words);
}
