"use strict";
// tables are sorted by a click on a column, and copied as cells of a spreadsheet
const number = (text) => { const found = /-?\d+(\.\d+)?(e-?\d+)?/.exec(text); return found ? Number(found[0]) : NaN; };
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const text = (row) => row.cells[column].textContent;
    const order = (a, b) => {
      const [x, y] = [number(text(a)), number(text(b))];
      return Number.isNaN(x) || Number.isNaN(y) ? text(a).localeCompare(text(b)) : x - y;
    };
    const rows = [...table.tBodies[0].rows].sort((a, b) => (up ? order(a, b) : order(b, a)));
    table.tBodies[0].append(...rows);
  }));
}
for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const rows = [...button.parentElement.querySelectorAll("tr")];
    const text = rows.map((row) => [...row.cells].map((cell) => cell.textContent).join("\t")).join("\n");
    try { await navigator.clipboard.writeText(text); button.textContent = "copied"; }
    catch { button.textContent = "the browser does not allow it"; }
    setTimeout(() => { button.textContent = "copy"; }, 2000);
  });
}
