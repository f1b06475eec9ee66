// Marks that take no room: on which sheet they come to stand tells what was cut in two. Returns how many there are.
() => {
  // All marks are set at the end: a style that is read after each change is computed anew for the whole page.
  const changes = [];
  const say = (text) => `zz${text}zz`;
  const mark = (element, text, place) => {
    const isStatic = getComputedStyle(element).position === "static";
    changes.push(() => {
      const span = document.createElement("span");
      span.textContent = say(text);
      span.style = `position: absolute; left: 0; ${place}: 0; font: 1px monospace; color: #ddd; white-space: nowrap`;
      if (isStatic) element.style.position = "relative";
      element.append(span);
    });
  };
  const write = (drawing, text, y) => changes.push(() => {
    const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
    label.textContent = say(text);
    label.setAttribute("style", "font: 1px monospace; fill: #ddd");
    label.setAttribute("y", y);
    drawing.append(label);
  });
  const both = (element, name) => { mark(element, `${name}-first`, "top"); mark(element, `${name}-last`, "bottom"); };
  const rows = [...document.querySelectorAll("tbody > tr")].filter((row) => row.checkVisibility());
  const visible = (cell) => getComputedStyle(cell).display !== "none";
  rows.forEach((row, i) => both(row.querySelector("th") || row.cells[0], `row${i}`));
  const figures = [...document.querySelectorAll("figure")];
  figures.forEach((figure, i) => {
    const drawing = figure.querySelector("svg");
    mark(figure.querySelector(".figure-title"), `figure${i}-first`, "top");
    write(drawing, `figure${i}-top`, drawing.viewBox.baseVal.y + 2);
    write(drawing, `figure${i}-bottom`, drawing.viewBox.baseVal.y + drawing.viewBox.baseVal.height - 1);
    mark(figure.querySelector("figcaption"), `figure${i}-last`, "top");
  });
  const headings = [...document.querySelectorAll("h2, h3, h4")].filter((one) => one.nextElementSibling && one.checkVisibility());
  const start = (element) => {
    const inner = element.querySelector(":scope > table, .figure-title, li, summary, dt, p");
    if (element.matches(".scroll, figure, ul, ol, details, dl, div, section, aside") && inner) return start(inner);
    return element.matches("table") ? [...element.tBodies[0].rows[0].cells].find(visible) : element;
  };
  const following = (heading) => {
    let next = heading.nextElementSibling;
    while (!next.checkVisibility() && next.nextElementSibling) next = next.nextElementSibling;
    return next;
  };
  headings.forEach((heading, i) => {
    mark(heading, `heading${i}-first`, "bottom");
    mark(start(following(heading)), `heading${i}-last`, "top");
  });
  const tables = [...document.querySelectorAll("table")].filter((table) => table.caption && table.tBodies[0].rows.length);
  tables.forEach((table, i) => {
    mark(table.caption, `table${i}-first`, "top");
    mark(table.tBodies[0].rows[0].cells[0], `table${i}-last`, "bottom");
  });
  const folds = [...document.querySelectorAll("main details")].filter((one) => one.checkVisibility());
  folds.forEach((fold, i) => mark(fold.lastElementChild, `fold${i}-last`, "bottom"));
  changes.forEach((change) => change());
  return { row: rows.length, figure: figures.length, heading: headings.length, table: tables.length, fold: folds.length };
}
