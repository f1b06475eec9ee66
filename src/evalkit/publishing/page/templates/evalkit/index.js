// Sort, search, filter and compare the regions of the table. The page says everything else without this script.
(() => {
  "use strict";
  const table = document.getElementById("regions-table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const PAGE = 25; // rows that are listed at a time: thousands take a browser seconds to lay out anew
  const MOST = 4; // regions side by side
  const find = document.getElementById("find");
  const more = document.getElementById("more");
  const side = document.getElementById("compare");
  const told = find.dataset;
  const keys = told.keys.split(" ");
  const marks = [...document.querySelectorAll(".legend i")].map((mark) => mark.className);
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const fields = [...find.querySelectorAll("input, select")];
  const [name, ...choices] = fields;

  // A region is known by the folder of its report; one without a report cannot be chosen.
  const idOf = (row) => decodeURIComponent(row.cells[0].querySelector("a")?.getAttribute("href").split("/")[0] || "");
  const nameOf = (row) => row.cells[0].textContent;
  const byId = new Map(rows.map((row) => [idOf(row), row]));

  let order = "";
  let sorted = rows;
  let fitting = new Set(rows);
  let page = 0;
  let size = PAGE;
  let chosen = [];

  // What a reader has set is part of the address, so that a link shows the same.
  const keep = () => {
    const given = new URLSearchParams();
    fields.forEach((field) => field.value && given.set(field.name, field.value));
    if (order) given.set("sort", order);
    if (page) given.set("page", page + 1);
    if (chosen.length) given.set("with", chosen.map(idOf).join(","));
    const query = given.toString() && "?" + given;
    history.replaceState(null, "", location.pathname + query + location.hash);
    document.querySelectorAll("nav.site a[hreflang]").forEach((link) => { link.search = query; });
  };

  const list = () => {
    const found = sorted.filter((row) => fitting.has(row));
    page = Math.max(0, Math.min(page, Math.ceil(found.length / size) - 1));
    const shown = found.slice(page * size, (page + 1) * size);
    shown.forEach(offer);
    body.replaceChildren(...shown);
    const [before, after] = more.querySelectorAll("button");
    before.disabled = !page;
    after.disabled = (page + 1) * size >= found.length;
    more.hidden = found.length <= PAGE || size > PAGE;
    more.querySelector("span").textContent = `${page * size + 1}–${page * size + shown.length} / ${found.length}`;
  };

  const offer = (row) => {
    if (!idOf(row) || row.cells[0].querySelector("input")) return;
    const box = document.createElement("input");
    box.type = "checkbox";
    box.autocomplete = "off";
    box.checked = chosen.includes(row);
    box.setAttribute("aria-label", told.choose + nameOf(row));
    box.addEventListener("change", () => choose(box.checked ? [...chosen, row] : chosen.filter((one) => one !== row)));
    row.cells[0].prepend(box);
  };
  const choose = (wanted) => {
    chosen = wanted.slice(0, MOST);
    rows.forEach((row) => {
      const box = row.cells[0].querySelector("input");
      if (!box) return;
      box.checked = chosen.includes(row);
      box.disabled = !box.checked && chosen.length === MOST;
    });
    compare();
    place();
    keep();
  };

  // The chosen regions in columns, what the table says of them in rows.
  const make = (tag, parent, ...content) => {
    const made = document.createElement(tag);
    made.append(...content);
    parent.append(made);
    return made;
  };
  const copies = (cell) => [...cell.childNodes].filter((node) => node.type !== "checkbox")
    .map((node) => node.cloneNode(true));
  const compare = () => {
    const shown = document.createElement("table");
    const top = make("tr", make("thead", shown));
    make("td", top);
    chosen.forEach((row) => {
      const head = make("th", top, ...copies(row.cells[0]), " ");
      head.scope = "col";
      const button = make("button", head, "×");
      button.type = "button";
      button.setAttribute("aria-label", told.remove + " " + row.cells[0].textContent);
      button.addEventListener("click", () => choose(chosen.filter((one) => one !== row)));
    });
    const lines = make("tbody", shown);
    heads.forEach((head, column) => {
      if (!column) return;
      const line = make("tr", lines);
      make("th", line, head.textContent).scope = "row";
      chosen.forEach((row) => {
        const cell = make("td", line, ...copies(row.cells[column]));
        const quarter = keys[column].startsWith("figure:") && quarterOf(row, column);
        if (quarter) make("small", cell, quarter);
      });
    });
    side.querySelector("table").replaceWith(shown);
    side.hidden = chosen.length < 2;
  };

  // In which quarter of its kind a figure lies; figures of another period carry their own and do not count.
  const usual = (row, column) => !row.cells[column].querySelector("small") && number(row.cells[column].textContent);
  const kindOf = (row) => keys.includes("kind") && row.cells[keys.indexOf("kind")].textContent;
  const quarterOf = (row, column) => {
    const own = usual(row, column);
    const among = rows.filter((one) => kindOf(one) === kindOf(row)).map((one) => usual(one, column))
      .filter((value) => typeof value === "number" && value === value);
    if (typeof own !== "number" || own !== own || among.length < 8) return "";
    const below = among.filter((value) => value < own).length / among.length;
    return told.quarters.split("|")[Math.min(3, Math.floor(4 * below))].replace("{n}", among.length);
  };

  // Where the chosen regions lie on the strips of dots.
  const place = () => document.querySelectorAll(".strip").forEach((strip) => {
    const { column, low, high, same } = strip.dataset;
    strip.querySelectorAll(".mark").forEach((mark) => mark.remove());
    chosen.forEach((row) => {
      const value = usual(row, column);
      const fits = Object.entries(JSON.parse(same)).every(([at, text]) => row.cells[at].textContent === text);
      if (!fits || typeof value !== "number" || value !== value) return;
      const mark = make("span", strip, row.cells[0].textContent);
      mark.className = "mark";
      mark.style.setProperty("--place", `${(100 * (value - low)) / (high - low)}%`);
    });
  });

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
  const ranked = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return /^[\d,]+$/.test(a) ? (a < b ? -1 : a > b ? 1 : 0) : words.compare(a, b);
  };
  // Places in the order of a column, found once; rows that have nothing there come last either way.
  const known = [];
  const ranksOf = (column) => {
    if (known[column]) return known[column];
    const values = keysOf(column);
    const ranks = new Map([...new Set(values)].sort(ranked).map((value, rank) => [value, rank]));
    return (known[column] = values.map((value) => (value === "" ? -1 : ranks.get(value))));
  };
  const sortBy = (column, down) => {
    const ranks = ranksOf(column);
    const places = rows.map((_, i) => i).sort((i, j) =>
      (ranks[i] < 0) - (ranks[j] < 0) || (down ? ranks[j] - ranks[i] : ranks[i] - ranks[j]) || i - j);
    heads.forEach((head) => head.setAttribute("aria-sort", "none"));
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    order = (down ? "-" : "") + keys[column];
    sorted = places.map((i) => rows[i]);
  };
  const later = window.requestIdleCallback || setTimeout;
  const prepare = (column) => column < heads.length && later(() => { ranksOf(column); prepare(column + 1); });

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => {
      sortBy(column, head.getAttribute("aria-sort") === "ascending");
      page = 0;
      list();
      keep();
    });
    head.append(button);
    head.setAttribute("aria-sort", "none");
  });

  const fits = (row, choice) => choice.dataset.columns.split(",").some((column) => {
    const cell = row.cells[column];
    return choice.dataset.marks ? cell.querySelector("i." + CSS.escape(choice.value)) : cell.textContent === choice.value;
  });
  const show = () => {
    const wanted = name.value.trim().toLowerCase();
    const set = choices.filter((choice) => choice.value);
    fitting = new Set(rows.filter((row) =>
      nameOf(row).toLowerCase().includes(wanted) && set.every((one) => fits(row, one))));
    find.querySelector("b").textContent = fitting.size.toLocaleString("en");
    list();
  };
  const changed = () => { page = 0; show(); keep(); };
  name.addEventListener("input", changed);
  choices.forEach((choice) => choice.addEventListener("change", changed));
  find.querySelector("button").addEventListener("click", () => {
    fields.forEach((field) => { field.value = ""; });
    changed();
    name.focus();
  });
  const [before, after, all] = more.querySelectorAll("button");
  const turn = (by) => { page += by; list(); keep(); };
  before.addEventListener("click", () => turn(-1));
  after.addEventListener("click", () => turn(1));
  all.addEventListener("click", () => { size = rows.length; turn(0); });
  let saved = PAGE;
  addEventListener("beforeprint", () => { saved = size; size = rows.length; list(); });
  addEventListener("afterprint", () => { size = saved; list(); });

  const given = new URLSearchParams(location.search);
  fields.forEach((field) => { field.value = given.get(field.name) || ""; });
  choices.forEach((choice) => { if (choice.selectedIndex < 0) choice.value = ""; });
  const asked = keys.indexOf((given.get("sort") || "").replace(/^-/, ""));
  if (asked >= 0) sortBy(asked, given.get("sort").startsWith("-"));
  page = (parseInt(given.get("page"), 10) || 1) - 1;
  find.hidden = false;
  show();
  choose((given.get("with") || "").split(",").map((id) => byId.get(id)).filter((row) => row && idOf(row)));
  prepare(0);
})();
