// Sorts a table by a column; everything can be read without it.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.querySelector("tr.heads").cells];
  heads.forEach((head, column) => {
    if ("fixed" in head.dataset) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const body = table.tBodies[0];
      // Numbers begin with the largest, names with the first of the alphabet.
      const numbers = [...body.rows].some((row) => row.cells[column].dataset.value !== undefined);
      const first = numbers ? "descending" : "ascending";
      const falling = (head.getAttribute("aria-sort") !== first) === numbers;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const key = (row) => {
        const cell = row.cells[column];
        return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
      };
      const rank = (value) => (typeof value === "number" ? 0 : 1);
      const compare = (a, b) => {
        const [x, y] = [key(a), key(b)];
        // Rows without a number stay last, whatever the direction.
        if (rank(x) !== rank(y)) return rank(x) - rank(y);
        const order = rank(x) === 0 ? x - y : x.localeCompare(y);
        return falling ? -order : order;
      };
      body.append(...[...body.rows].sort(compare));
    });
  });
}
