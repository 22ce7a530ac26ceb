// The plan: arrow keys in the matrix; a and r at the review desk take the row at hand where none is chosen.

const matrix = document.querySelector("[data-matrix]");

if (matrix) {
  const rows = [...matrix.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.querySelector("a")));
  const first = rows.flat().find(Boolean);
  if (first) first.tabIndex = 0;

  const next = (row, column, down, right) => {
    for (let y = row + down, x = column + right; rows[y]?.length > x && x >= 0; y += down, x += right) {
      if (rows[y][x]) return rows[y][x];
    }
    return null;
  };
  const ways = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

  matrix.addEventListener("keydown", (event) => {
    const way = ways[event.key];
    const row = rows.findIndex((each) => each.includes(event.target));
    if (!way || row < 0) return;
    event.preventDefault();
    const found = next(row, rows[row].indexOf(event.target), ...way);
    if (!found) return;
    event.target.tabIndex = -1;
    found.tabIndex = 0;
    found.focus();
    found.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

const desk = document.querySelector("form[data-review]");

if (desk) {
  document.addEventListener("keydown", (event) => {
    if (!["a", "r"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || event.target.closest?.("textarea, select, input:not([type='checkbox'])")) return;
    if (desk.querySelector('tbody input[type="checkbox"]:checked')) return;
    const box = desk.querySelector('tr.at .pick input[type="checkbox"]');
    if (box) box.click();
  }, true);
}
