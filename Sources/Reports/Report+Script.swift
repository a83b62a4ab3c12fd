extension Report {
  /// Sorting, filtering, and the values of points under pointer, finger and arrow keys. It makes the controls that it needs, so
  /// that without it there is nothing on the page that does nothing.
  static let script = """
    "use strict";
    const make = (name, properties, ...children) => {
      const element = Object.assign(document.createElement(name), properties);
      element.append(...children);
      return element;
    };
    const say = text => { document.getElementById("said").textContent = text; };

    for (const table of document.querySelectorAll("table.sortable")) {
      const headers = [...table.tHead.rows[0].cells];
      headers.forEach((header, column) => {
        const name = header.textContent;
        const button = make("button", { type: "button", textContent: name });
        header.replaceChildren(button);
        // Print shows this: a button is not repeated on the pages after the first.
        header.dataset.name = name;
        button.addEventListener("click", () => {
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
          say("Sorted by " + name + ", " + (down ? "descending" : "ascending"));
        });
      });
    }

    for (const table of document.querySelectorAll("table[data-search]")) {
      const rows = [...table.tBodies[0].rows];
      const texts = rows.map(row => [...row.cells].map(cell => cell.textContent).join(" ").toLowerCase());
      const count = make("span", { role: "status" });
      const input = make("input", { type: "search", autocomplete: "off" });
      const menus = [...table.tHead.rows[0].cells].filter(header => "filter" in header.dataset).map(header => {
        const column = header.cellIndex;
        const values = [...new Set(rows.map(row => row.cells[column].textContent))];
        const options = values.map(value => make("option", { value, textContent: value || "none" }));
        const select = make("select", {}, make("option", { value: "*", textContent: "all" }), ...options);
        return { column, select, name: header.textContent, size: values.length };
      }).filter(menu => menu.size > 1 && menu.size <= 60);
      const update = () => {
        const words = input.value.toLowerCase().split(/\\s+/).filter(word => word);
        const chosen = menus.filter(menu => menu.select.value !== "*");
        let shown = 0;
        rows.forEach((row, place) => {
          const fits = words.every(word => texts[place].includes(word))
            && chosen.every(menu => row.cells[menu.column].textContent === menu.select.value);
          row.hidden = !fits;
          if (fits) shown += 1;
        });
        count.textContent = shown + " of " + rows.length + (rows.length === 1 ? " row" : " rows");
      };
      const clear = make("button", { type: "button", textContent: "Show all" });
      clear.addEventListener("click", () => {
        input.value = "";
        menus.forEach(menu => { menu.select.value = "*"; });
        update();
      });
      const bar = make("div", { className: "filter" },
        make("label", {}, "Rows with all of these words", input),
        ...menus.map(menu => make("label", {}, menu.name, menu.select)), clear, count);
      input.addEventListener("input", update);
      menus.forEach(menu => menu.select.addEventListener("change", update));
      update();
      table.parentNode.before(bar);
    }

    const tip = make("div", { className: "tip", hidden: true });
    document.body.append(tip);
    let pointed = null;
    const hide = () => {
      if (pointed) pointed.classList.remove("pointed");
      pointed = null;
      tip.hidden = true;
    };
    const show = mark => {
      if (pointed !== mark.element) hide();
      pointed = mark.element;
      pointed.classList.add("pointed");
      tip.textContent = mark.text;
      tip.hidden = false;
      const box = pointed.getBoundingClientRect(), size = tip.getBoundingClientRect();
      const above = box.top - size.height - 10;
      tip.style.left = Math.max(4, Math.min(box.left + box.width / 2 - size.width / 2, innerWidth - size.width - 4)) + "px";
      tip.style.top = (above > 4 ? above : box.bottom + 10) + "px";
    };
    for (const paper of document.querySelectorAll(".paper")) {
      const drawings = [...paper.querySelectorAll("svg")].map(svg => {
        // The browser's own tip would come on top of ours.
        const marks = [...svg.querySelectorAll("g > title")].map(title => {
          const mark = { element: title.parentNode, text: title.textContent };
          title.remove();
          return mark;
        });
        svg.addEventListener("pointermove", event => {
          const inside = marks.find(mark => mark.element.contains(event.target));
          let best = inside, least = 24;
          if (!inside) for (const mark of marks) {
            const box = mark.element.getBoundingClientRect();
            const far = Math.hypot(box.left + box.width / 2 - event.clientX, box.top + box.height / 2 - event.clientY);
            if (far < least) { best = mark; least = far; }
          }
          if (best) show(best); else hide();
        });
        svg.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") hide(); });
        return { svg, marks, place: -1 };
      });
      if (!drawings.some(drawing => drawing.marks.length)) continue;
      const hint = make("span", { className: "hint", id: paper.parentNode.id + "-hint",
        textContent: "Point at a mark for its value, or give the drawing the focus and press the left and right arrow keys." });
      paper.setAttribute("aria-describedby", hint.id);
      paper.parentNode.lastElementChild.append(hint);
      paper.addEventListener("keydown", event => {
        const drawing = drawings.find(drawing => drawing.svg.getClientRects().length > 0);
        const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (event.key === "Escape") hide();
        if (!way || !drawing || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        const count = drawing.marks.length;
        drawing.place = drawing.place < 0 && way < 0 ? count - 1 : (drawing.place + way + count) % count;
        const mark = drawing.marks[drawing.place];
        mark.element.scrollIntoView({ block: "nearest", inline: "nearest" });
        show(mark);
        say(mark.text);
      });
      paper.addEventListener("blur", hide);
    }
    addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
    addEventListener("scroll", () => { if (pointed && !document.activeElement.contains(pointed)) hide(); }, true);
    """
}
