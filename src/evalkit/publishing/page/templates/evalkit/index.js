// Sort, search and filter the table of regions. The page says everything without this script.
(() => {
  "use strict";
  const table = document.getElementById("regions-table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const FIRST = 100; // rows that are listed at first: thousands take a browser seconds to lay out anew
  const find = document.getElementById("find");
  const more = document.getElementById("more");
  const marks = [...document.querySelectorAll(".legend i")].map((mark) => mark.className);
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true });

  let sorted = rows;
  let fitting = new Set(rows);

  const list = (most = FIRST) => {
    const found = sorted.filter((row) => fitting.has(row));
    body.replaceChildren(...found.slice(0, most));
    more.hidden = found.length <= most;
    more.querySelector("b").textContent = most;
  };

  // What a cell is sorted by: chips from the worst status on, numbers and shares as numbers, all else as text.
  const number = (text) => {
    const [, figure, of] = /^([−+\d,.]+)(?:\/(\d+))?/.exec(text) || [];
    return figure === undefined ? NaN : parseFloat(figure.replace("−", "-").replace(/,/g, "")) / (of || 1);
  };
  const chips = (cell) => {
    const seen = [...cell.querySelectorAll("i")];
    if (!seen.some((chip) => marks.includes(chip.className))) return "";
    return marks.map((mark) => {
      const chip = seen.find((one) => one.className === mark);
      return 9999 - (chip ? +(/\d+$/.exec(chip.textContent) || [1])[0] : 0);
    }).join();
  };
  const keysOf = (column) => {
    const cells = rows.map((row) => row.cells[column]);
    if (cells.some((cell) => cell.querySelector("i"))) return cells.map(chips);
    const texts = cells.map((cell) => cell.textContent.trim().replace(/^—$/, ""));
    return texts.every((text) => !text || number(text) === number(text)) && column
      ? texts.map((text) => (text ? number(text) : ""))
      : texts;
  };
  const compare = (a, b) => {
    if (typeof a === "number") return a - b;
    return /^[\d,]+$/.test(a) ? (a < b ? -1 : a > b ? 1 : 0) : words.compare(a, b);
  };

  const sortBy = (column) => {
    const down = heads[column].getAttribute("aria-sort") === "ascending";
    const keys = keysOf(column);
    const order = rows.map((_, i) => i).sort((i, j) => {
      if (keys[i] === "" || keys[j] === "") return (keys[i] === "") - (keys[j] === "") || i - j;
      return (down ? -1 : 1) * compare(keys[i], keys[j]) || i - j;
    });
    heads.forEach((head) => head.hasAttribute("aria-sort") && head.setAttribute("aria-sort", "none"));
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    sorted = order.map((i) => rows[i]);
    list();
  };

  heads.forEach((head, column) => {
    if (column && rows.some((row) => row.cells[column].querySelector("a"))) return; // links have no order
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(column));
    head.append(button);
    head.setAttribute("aria-sort", "none");
  });

  const name = find.querySelector("input");
  const choices = [...find.querySelectorAll("select")];
  const fits = (row, choice) => choice.dataset.columns.split(",").some((column) => {
    const cell = row.cells[column];
    return choice.dataset.marks ? cell.querySelector("i." + choice.value) : cell.textContent === choice.value;
  });
  const show = () => {
    const wanted = name.value.trim().toLowerCase();
    const set = choices.filter((choice) => choice.value);
    fitting = new Set(rows.filter((row) =>
      row.cells[0].textContent.toLowerCase().includes(wanted) && set.every((one) => fits(row, one))));
    find.querySelector("b").textContent = fitting.size.toLocaleString("en");
    list();
  };
  name.addEventListener("input", show);
  choices.forEach((choice) => choice.addEventListener("change", show));
  find.querySelector("button").addEventListener("click", () => {
    name.value = "";
    choices.forEach((choice) => { choice.value = ""; });
    show();
    name.focus();
  });
  more.querySelector("button").addEventListener("click", () => list(rows.length));
  let before = 0;
  addEventListener("beforeprint", () => { before = body.rows.length; list(rows.length); });
  addEventListener("afterprint", () => list(Math.max(before, FIRST)));
  find.hidden = false;
  show();
})();
