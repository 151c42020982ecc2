
"use strict";
(() => {
  // Whatever comes from the data is put into text nodes; nothing here writes markup.
  const data = JSON.parse(document.getElementById("board-data").textContent);
  const byId = (id) => document.getElementById(id);
  const all = (selector, under = document) => Array.from(under.querySelectorAll(selector));
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const panels = new Map(data.board.tasks.flatMap((task) => [...task.panels, ...task.retired].map((panel) => [panel.id, panel])));
  const sources = new Map(data.board.sources.map((source) => [source.record, source]));
  const FIELDS = ["q", "task", "trust", "size", "language", "licence", "training"].filter(byId);
  const state = Object.fromEntries([...FIELDS, "sort", "sample", "hide"].map((name) => [name, ""]));
  const ROWS = 20; // of a table that are shown at first
  const whole = new Set(); // tables that are shown whole

  // ---- filters

  function fits(row, words, most) {
    const weights = Number(row.dataset.size);
    return words.every((word) => row.dataset.text.includes(word))
      && (!state.trust || row.dataset.trust >= state.trust)
      && (most === Infinity || (weights > 0 && weights <= most))
      && (!state.licence || row.dataset.licence === state.licence)
      && (!state.training || row.dataset.training === state.training);
  }

  function applyFilters() {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const most = state.size ? Number(state.size) : Infinity;
    let shown = 0, rows = 0;
    for (const section of all("section.task")) section.hidden = Boolean(state.task) && section.dataset.task !== state.task;
    for (const table of all("table.systems")) {
      const section = table.closest("section.task");
      const datasets = section ? [] : all("thead th", table).flatMap((head, at) => head.dataset.task && chosen(head) ? [at] : []);
      for (const row of all("tbody tr", table)) {
        const there = section || datasets.some((at) => row.cells[at].dataset.has);
        row.dataset.fits = there && fits(row, words, most) ? "yes" : "";
        if (!section) continue;
        rows += 1;
        if (row.dataset.fits && !section.hidden) shown += 1;
      }
      applyPage(table);
    }
    for (const article of all("article[data-language]")) {
      article.hidden = Boolean(state.language) && article.dataset.language !== state.language;
    }
    applyColumns();
    byId("shown").textContent = `${shown} of ${rows} rows`;
  }

  // ---- pages: the first rows of a long table

  function applyPage(table) {
    const rows = all("tbody tr", table);
    const fitting = rows.filter((row) => row.dataset.fits);
    const most = whole.has(table.id) ? Infinity : ROWS;
    for (const row of rows) row.hidden = !row.dataset.fits;
    fitting.slice(most).forEach((row) => { row.hidden = true; });
    const button = byId(`${table.id}-more`);
    button.hidden = fitting.length <= ROWS;
    button.textContent = whole.has(table.id) ? `Show the first ${ROWS}` : `Show all ${fitting.length}`;
    button.setAttribute("aria-expanded", String(whole.has(table.id)));
  }

  function addPages(table) {
    const button = make("button", { type: "button", class: "more", id: `${table.id}-more`, "aria-controls": table.id });
    button.addEventListener("click", () => {
      if (!whole.delete(table.id)) whole.add(table.id);
      applyPage(table);
      if (!whole.has(table.id)) table.scrollIntoView({ block: "nearest" });
    });
    table.parentNode.after(button);
  }

  // ---- columns

  // Whether a column of a data set is of the task and the language that are looked at.
  const chosen = (head) => (!state.task || head.dataset.task === state.task)
    && (!state.language || head.dataset.language === state.language);
  const label = (head) => head.dataset.label || head.textContent.trim();

  function applyColumns() {
    const hidden = new Set(state.hide.split("|").filter(Boolean));
    for (const table of all("table.systems")) {
      const off = all("thead th", table).map((head) => hidden.has(label(head))
        || Boolean(head.dataset.task && !chosen(head)));
      for (const row of table.rows) off.forEach((one, at) => row.cells[at].classList.toggle("off", one));
    }
    for (const box of all("#columns input")) box.checked = !hidden.has(box.value);
  }

  function addColumns() {
    const heads = all("table.systems thead th").filter((head) => !head.matches(".pos, .ties"));
    const names = [...new Set(heads.map(label))].filter((name) => name !== "System");
    for (const name of names) {
      const box = make("input", { type: "checkbox", value: name, checked: "" });
      box.addEventListener("change", () => {
        state.hide = all("#columns input").filter((one) => !one.checked).map((one) => one.value).join("|");
        applyColumns();
        remember();
      });
      byId("columns").querySelector("fieldset").append(make("label", {}, box, make("bdi", {}, name)));
    }
    byId("columns").hidden = names.length < 2;
  }

  // ---- sorting

  function compare(one, two, kind, down) {
    if (one === "" || two === "") return (one === "") - (two === ""); // what is missing stands last
    const order = kind === "number" ? Number(one) - Number(two) : one < two ? -1 : one > two ? 1 : 0;
    return down ? -order : order;
  }

  function sortTable(table, column, direction) {
    const heads = all("thead th", table);
    const head = heads[column];
    if (!head || !head.dataset.kind) return;
    const down = direction === "desc";
    const body = table.tBodies[0];
    const rows = all("tr", body).map((row, at) => [row, row.cells[column].dataset.v || "", Number(row.dataset.at || at)]);
    rows.sort((a, b) => compare(a[1], b[1], head.dataset.kind, down) || a[2] - b[2]);
    body.append(...rows.map(([row]) => row));
    heads.forEach((item) => item.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.classList.toggle("reordered", column !== 0 || down);
    applyPage(table);
  }

  function applySort() {
    for (const table of all("table.systems")) {
      const [id, column, direction] = state.sort.split(":");
      if (table.id === id) sortTable(table, Number(column), direction);
      else if (all("[aria-sort]", table).length) sortTable(table, 0, "asc");
    }
  }

  function onSort(table, head) {
    const column = head.cellIndex;
    const now = head.getAttribute("aria-sort");
    const direction = now ? (now === "ascending" ? "desc" : "asc") : head.dataset.first;
    sortTable(table, column, direction);
    state.sort = `${table.id}:${column}:${direction}`;
    remember();
  }

  // ---- the viewer of samples

  function text(value) {
    return make("bdi", { class: "text", dir: "auto" }, value);
  }

  function asked(panel, system) {
    const row = panel.rows.find((one) => one.system === system);
    const source = row && sources.get(row.records[0]);
    const parts = source ? Object.entries(source.asked) : [];
    if (source && source.command) parts.push(["command", source.command]);
    if (!parts.length) return [];
    return [make("details", { class: "asked" }, make("summary", {}, "How it was asked"),
      ...parts.flatMap(([name, value]) => [make("p", { class: "label" }, make("bdi", {}, name)), text(value)]))];
  }

  function answerCard(answer, panel) {
    const states = [];
    if (answer.right !== null) states.push(answer.right ? "right" : "wrong");
    else if (answer.value !== null) states.push(`value ${answer.value.toFixed(2)}`);
    if (answer.score !== null) states.push(`probability ${answer.score.toFixed(2)}`);
    states.push(...answer.flags);
    const kind = answer.right === null ? "" : answer.right ? " right" : " wrong";
    return make("div", { class: `answer${kind}` },
      make("strong", {}, make("bdi", {}, answer.system)),
      answer.text === null ? make("span", { class: "state" }, "no prediction") : text(answer.text),
      make("span", { class: "state" }, states.join(", ")), ...asked(panel, answer.system));
  }

  function showSample(box, panel, sample) {
    const parts = [make("h4", {}, "Sample ", make("bdi", {}, sample.id))];
    if (sample.kind) parts.push(make("p", { class: "label" }, sample.kind));
    for (const [name, value] of Object.entries(sample.inputs)) {
      parts.push(make("p", { class: "label" }, make("bdi", {}, name)), text(value));
    }
    parts.push(make("p", { class: "label" }, "gold"), text(sample.gold));
    for (const [name, value] of Object.entries(sample.meta)) {
      parts.push(make("p", { class: "label" }, make("bdi", {}, name)), text(value));
    }
    parts.push(make("div", { class: "answers" }, ...sample.predictions.map((answer) => answerCard(answer, panel))));
    box.replaceChildren(...parts);
    for (const button of all("button[data-sample]", box.parentNode)) {
      if (button.dataset.sample === sample.id) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  function fillViewer(details) {
    if (details.dataset.filled) return;
    details.dataset.filled = "yes";
    const panel = panels.get(details.dataset.panel);
    const box = make("div", { class: "sample", "aria-live": "polite", tabindex: "0", role: "region", "aria-label": `Sample of ${panel.dataset}` });
    const list = make("ul");
    for (const sample of panel.errors.samples) {
      const first = Object.values(sample.inputs)[0] || "";
      const button = make("button", { type: "button", "data-sample": sample.id },
        make("bdi", {}, sample.id), " ", make("small", {}, make("bdi", {}, first.slice(0, 60))));
      button.addEventListener("click", () => {
        showSample(box, panel, sample);
        state.sample = `${panel.id}/${sample.id}`;
        remember();
      });
      list.append(make("li", { "data-kind": sample.kind }, button));
    }
    const picker = make("div", { class: "picker" });
    const kinds = [...new Set(panel.errors.samples.map((sample) => sample.kind))].filter(Boolean).sort();
    if (kinds.length > 1) {
      const select = make("select", {}, make("option", { value: "" }, "all"), ...kinds.map((kind) => make("option", { value: kind }, kind)));
      select.addEventListener("change", () => {
        for (const item of list.children) item.hidden = Boolean(select.value) && item.dataset.kind !== select.value;
      });
      picker.append(make("label", { class: "label" }, "Show ", select));
    }
    picker.append(list);
    details.querySelector(".viewer").replaceChildren(picker, box);
    showSample(box, panel, panel.errors.samples[0]);
  }

  function applySample() {
    const cut = state.sample.indexOf("/");
    if (cut < 0) return;
    const panel = panels.get(state.sample.slice(0, cut));
    const sample = panel && panel.errors.samples.find((item) => item.id === state.sample.slice(cut + 1));
    const details = panel && byId(`${panel.id}-errors`);
    if (!sample || !details) return;
    unfold(details);
    fillViewer(details);
    const box = details.querySelector(".sample");
    showSample(box, panel, sample);
    box.scrollIntoView({ block: "nearest" });
  }

  // ---- permalinks

  function remember() {
    const parts = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) if (value) parts.set(name, value);
    const hash = `#${parts}`;
    try {
      history.replaceState(null, "", hash === "#" ? location.pathname + location.search : hash);
    } catch {
      location.hash = hash;
    }
  }

  function unfold(node) {
    for (let one = node; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  }

  function restore() {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) { // a place on the page
      const place = byId(hash);
      if (!place) return;
      unfold(place);
      for (const inner of all(":scope > details.fold", place)) inner.open = true;
      place.scrollIntoView();
      return;
    }
    const parts = new URLSearchParams(hash);
    for (const name of Object.keys(state)) state[name] = parts.get(name) || "";
    for (const name of FIELDS) {
      byId(name).value = state[name];
      if (byId(name).value !== state[name]) state[name] = byId(name).value = "";
    }
    applyFilters();
    applySort();
    applySample();
  }

  // ---- copies and downloads

  function markdown(table) {
    const escape = (words) => words.trim().replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>|~&]/g, "\\$&");
    const heads = all("thead th", table);
    const kept = heads.map((head, at) => at).filter((at) => !heads[at].matches(".ties, .off"));
    const line = (cells) => `| ${cells.join(" | ")} |`;
    const rows = all("tbody tr", table).filter((row) => row.dataset.fits);
    return [
      line(kept.map((at) => escape(heads[at].textContent))),
      line(kept.map(() => "---")),
      ...rows.map((row) => line(kept.map((at) => escape(row.cells[at].textContent)))),
    ].join("\n") + "\n";
  }

  async function copy(button) {
    const content = markdown(byId(button.dataset.table));
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(content);
      button.textContent = "Copied";
    } catch {
      const area = make("textarea", { "aria-label": "Table as markdown", rows: "8" });
      area.value = content;
      button.after(area);
      area.select();
      button.textContent = "Press Ctrl+C";
      area.addEventListener("blur", () => area.remove(), { once: true });
    }
    setTimeout(() => { button.textContent = label; }, 2500);
  }

  function download(name, type, content) {
    const link = make("a", { download: name, href: URL.createObjectURL(new Blob([content], { type })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // ---- light and dark

  const dark = matchMedia("(prefers-color-scheme: dark)");
  function showTheme() {
    const isDark = (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
    byId("theme").setAttribute("aria-pressed", String(isDark));
  }
  function stored(value) {
    try { // a page from a disk may have no storage
      if (value) localStorage.setItem("nlptasks-board-theme", value);
      return localStorage.getItem("nlptasks-board-theme");
    } catch {
      return null;
    }
  }
  function setTheme(name) {
    if (name === "dark" || name === "light") document.documentElement.dataset.theme = name;
    showTheme();
  }

  // ---- start

  for (const table of all("table.systems")) {
    all("tbody tr", table).forEach((row, at) => { row.dataset.at = at; });
    for (const head of all("thead th[data-kind]", table)) {
      head.firstElementChild.addEventListener("click", () => onSort(table, head));
    }
    const first = table.querySelector("thead th");
    first.setAttribute("aria-sort", "ascending");
    addPages(table);
  }
  addColumns();
  for (const name of FIELDS) {
    byId(name).addEventListener("input", () => {
      state[name] = byId(name).value;
      applyFilters();
      remember();
    });
  }
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => {
    for (const name of Object.keys(state)) state[name] = "";
    for (const name of FIELDS) byId(name).value = "";
    applyFilters();
    applySort();
    remember();
  });
  for (const details of all("details.errors")) {
    details.addEventListener("toggle", () => { if (details.open) fillViewer(details); });
  }
  for (const button of all("button.copy")) button.addEventListener("click", () => copy(button));
  byId("get-csv").addEventListener("click", () => download("leaderboard.csv", "text/csv", data.csv));
  byId("get-json").addEventListener("click", () => {
    download("leaderboard.json", "application/json", `${JSON.stringify(data.board, null, 1)}\n`);
  });
  byId("theme").addEventListener("click", () => {
    const next = byId("theme").getAttribute("aria-pressed") === "true" ? "light" : "dark";
    stored(next);
    setTheme(next);
  });
  dark.addEventListener("change", showTheme);
  setTheme(stored());
  addEventListener("hashchange", restore);
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));
  applyFilters();
  restore();
})();
