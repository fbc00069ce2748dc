// A table that is sorted, searched and shown page by page: of 20,000 rows a page is in the document.

const PAGE = 25;

// columns: {key, value(row) to sort by, fill(cell, row), isNumber}. Numbers begin with the largest.
function makeTable(id, { count, columns, sorted, words, accepts = () => true, decorate = () => {} }) {
  const table = byId(`${id}-table`);
  const search = byId(`${id}-search`);
  const pager = byId(`${id}-pager`);
  const heads = [...table.tHead.rows[0].cells];
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const shown = heads.map((head) => byKey.get(head.dataset.key));
  let lowered = null; // what is searched, made when it is first wanted
  let order = null; // all rows, as they are sorted
  let found = []; // of these the ones that are searched for
  let page = 0;

  function sort() {
    const { value } = byKey.get(sorted.key);
    const values = Array.from({ length: count }, (_, row) => value(row));
    const sign = sorted.isDown ? -1 : 1;
    order = Array.from({ length: count }, (_, row) => row);
    order.sort((a, b) => {
      const [left, right] = [values[a], values[b]];
      // What is not known comes last, whichever way; equals stay in the order of the sources.
      if (left === null || right === null) return (left === null) - (right === null) || a - b;
      return left < right ? -sign : left > right ? sign : a - b;
    });
    for (const head of heads) {
      if (head.dataset.key !== sorted.key) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", sorted.isDown ? "descending" : "ascending");
    }
  }

  function filter() {
    const wanted = (search?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    lowered ??= Array.from({ length: count }, (_, row) => words(row).toLowerCase());
    found = order.filter((row) => accepts(row) && wanted.every((word) => lowered[row].includes(word)));
    page = 0;
  }

  function cellOf(row, column, head) {
    const cell = element("td", { className: head.className });
    column.fill(cell, row);
    return cell;
  }

  function show() {
    const begin = page * PAGE;
    const rows = found.slice(begin, begin + PAGE).map((row) => {
      const line = element("tr", {}, ...shown.map((column, at) => cellOf(row, column, heads[at])));
      decorate(line, row);
      return line;
    });
    table.tBodies[0].replaceChildren(...rows);
    const total = found.length;
    const end = Math.min(begin + PAGE, total);
    const of = total === count ? grouped(total) : `${grouped(total)} found, of ${grouped(count)}`;
    const none = count ? "Nothing is found." : "There are none.";
    status.textContent = total ? `${grouped(begin + 1)}–${grouped(end)} of ${of}` : none;
    back.disabled = page === 0;
    on.disabled = end >= total;
    back.hidden = on.hidden = total <= PAGE;
  }

  function turn(by) {
    page += by;
    show();
  }

  const back = element("button", { type: "button", textContent: "Back", onclick: () => turn(-1) });
  const on = element("button", { type: "button", textContent: "On", onclick: () => turn(1) });
  const status = element("span");
  status.setAttribute("role", "status");
  pager.append(back, on, status);
  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      const { key } = head.dataset;
      const isDown = sorted.key === key ? !sorted.isDown : Boolean(byKey.get(key).isNumber);
      sorted = { key, isDown };
      sort();
      filter();
      show();
    });
  }
  function refresh() {
    filter();
    show();
  }
  search?.addEventListener("input", refresh);
  sort();
  refresh();
  return {
    refresh,
    searchFor(words) {
      search.value = words;
      refresh();
    },
  };
}
