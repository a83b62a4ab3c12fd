extension Report {
  /// Figures stay on white paper in the dark theme too: their colours were chosen on it.
  static let style = """
    :root { color-scheme: light dark; --ink: #1a1a1a; --quiet: #595959; --page: #ffffff; --line: #d0d0d0; --soft: #f4f5f7;
      --link: #0b5cad; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #ececec; --quiet: #b5b5b5; --page: #17191c; --line: #43474d; --soft: #22262b; --link: #8ec2ff; }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1.25rem 4rem; color: var(--ink); background: var(--page);
      font: 16px/1.55 system-ui, "DejaVu Sans", sans-serif; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
    h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; }
    p, li, dd { max-width: 48rem; }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { position: static; }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; }
    figure { margin: 0 0 2rem; }
    .paper { background: #ffffff; border: 1px solid var(--line); border-radius: 4px; padding: .5rem; overflow-x: auto; }
    .paper svg { display: block; width: 100%; height: auto; max-height: 85vh; }
    figcaption, footer, caption { color: var(--quiet); font-size: .9rem; }
    figcaption { margin-top: .4rem; }
    .scroll { overflow: auto; max-height: 38rem; border: 1px solid var(--line); border-radius: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: .9rem; }
    caption { text-align: left; padding: .4rem .6rem; }
    th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
    th { position: sticky; top: 0; background: var(--soft); }
    td.n { text-align: right; font-variant-numeric: tabular-nums; }
    th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
    th button::after { content: " \\2195"; color: var(--quiet); }
    th[aria-sort=ascending] button::after { content: " \\2191"; }
    th[aria-sort=descending] button::after { content: " \\2193"; }
    .filter input { font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--quiet); border-radius: 4px;
      padding: .2rem .5rem; min-width: 16rem; }
    pre { background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: .75rem; overflow: auto;
      font-size: .85rem; line-height: 1.45; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
    dt { color: var(--quiet); }
    dd { margin: 0; overflow-wrap: anywhere; }
    @media print {
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav, .filter, .skip { display: none; }
      .scroll { max-height: none; overflow: visible; border: 0; }
      th { position: static; }
      th button::after { content: none; }
      figure, tr { break-inside: avoid; }
      h2 { break-after: avoid; }
      table { font-size: 7.5pt; }
      th, td { padding: .15rem .3rem; white-space: normal; }
    }
    """

  static let script = """
    for (const table of document.querySelectorAll("table.sortable")) {
      const headers = [...table.tHead.rows[0].cells];
      headers.forEach((header, column) => header.firstChild.addEventListener("click", () => {
        const down = header.getAttribute("aria-sort") === "ascending";
        headers.forEach(other => other.removeAttribute("aria-sort"));
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = row => row.cells[column].dataset.v ?? row.cells[column].textContent;
        const rows = [...table.tBodies[0].rows].map((row, place) => ({ row, place, key: key(row) }));
        const sign = down ? -1 : 1;
        rows.sort((a, b) => {
          if ((a.key === "") !== (b.key === "")) return a.key === "" ? 1 : -1;
          const order = isNaN(a.key) || isNaN(b.key)
            ? String(a.key).localeCompare(String(b.key), undefined, { numeric: true }) : a.key - b.key;
          return sign * order || a.place - b.place;
        });
        table.tBodies[0].append(...rows.map(item => item.row));
      }));
    }
    for (const input of document.querySelectorAll("input[data-table]")) {
      const rows = [...document.getElementById(input.dataset.table).tBodies[0].rows];
      const texts = rows.map(row => row.textContent.toLowerCase());
      const count = document.getElementById(input.dataset.table + "-count");
      input.addEventListener("input", () => {
        const words = input.value.toLowerCase().split(/\\s+/).filter(word => word);
        let shown = 0;
        rows.forEach((row, place) => {
          row.hidden = !words.every(word => texts[place].includes(word));
          if (!row.hidden) shown += 1;
        });
        count.textContent = shown + (shown === 1 ? " row" : " rows");
      });
    }
    """
}
