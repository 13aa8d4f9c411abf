"use strict";

// Text from the daemon may come from anybody's records: it becomes text nodes, never markup.

const byId = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Brings a table's rows to what they shall be. Rows and links that stay are the same elements as before,
// so that neither focus nor selection is lost. A row is {key, cells, current}; the first cell is its
// header. A cell is {text, kind, href, parts}: kind is a list of classes, parts are nodes that take the
// text's place when `text` changed.
function fillTable(id, rows, nothing) {
  const body = byId(id).tBodies[0];
  const columns = byId(id).tHead.rows[0].cells;
  if (rows.length === 0) rows = [{key: "nothing", cells: [{text: nothing, kind: "nothing"}]}];
  const old = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  let place = body.firstElementChild;
  for (const {key, cells, current = false} of rows) {
    const row = old.get(key) ?? newRow(key, cells);
    old.delete(key);
    if (row === place) place = row.nextElementSibling;
    else body.insertBefore(row, place);
    cells.forEach((cell, i) => fillCell(row.cells[i], cell, columns[i]));
    if (key === "nothing") row.cells[0].colSpan = columns.length;
    if (current) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  for (const row of old.values()) row.remove();
}

function newRow(key, cells) {
  const row = element("tr");
  row.dataset.key = key;
  cells.forEach((cell, i) => {
    const made = i === 0 && key !== "nothing" ? element("th", {scope: "row"}) : element("td");
    if (cell.href) made.append(element("a", {href: cell.href}));
    row.append(made);
  });
  return row;
}

function fillCell(node, cell, column) {
  const kind = [cell.kind, column.classList.contains("number") ? "number" : ""].filter(Boolean).join(" ");
  if (node.className !== kind) node.className = kind;
  if (!cell.parts) {
    delete node.dataset.text;
    return setText(cell.href ? node.firstElementChild : node, cell.text);
  }
  if (node.dataset.text === cell.text) return;
  node.dataset.text = cell.text;
  node.replaceChildren(...cell.parts);
}

// Numbers as people read them.

const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
const short = new Intl.NumberFormat("en", {maximumSignificantDigits: 3});

const count = (number) => number === null ? "not known" : whole.format(number);
const rate = (number) => number < 1000 ? short.format(number) : whole.format(number);

function duration(seconds) {
  if (seconds === null) return "\u2013";
  if (seconds < 0.0995) return `${short.format(seconds * 1000)} ms`;
  if (seconds < 0.9995) return `${whole.format(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${whole.format(Math.floor(seconds / 3600))} h ${Math.floor(seconds % 3600 / 60)} min`;
}

const clock = (time) => new Date(time).toLocaleTimeString("en-GB");
