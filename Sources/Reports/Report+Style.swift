extension Report {
  /// Figures without a dark twin stay on white paper in the dark theme: their colours were chosen on it. Print is light.
  static let style = """
    :root { color-scheme: light; --ink: #1a1a1a; --quiet: #595959; --page: #ffffff; --line: #d0d0d0; --soft: #f4f5f7;
      --link: #0b5cad; }
    @media screen and (prefers-color-scheme: dark) {
      :root { color-scheme: dark; --ink: #ececec; --quiet: #b5b5b5; --page: #17191c; --line: #43474d; --soft: #22262b;
        --link: #8ec2ff; }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1.25rem 4rem; color: var(--ink); background: var(--page);
      font: 16px/1.55 system-ui, "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
    h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; }
    h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
    p, li, dd { max-width: 48rem; }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    main:focus { outline: none; }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { position: static; }
    .unseen { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; }
    #warnings ul { border-left: 4px solid #c77700; margin-left: 0; padding: .25rem 0 .25rem 1.75rem; }
    figure { margin: 0 0 .25rem; }
    .values { margin-bottom: 2rem; }
    ul { padding-left: 1.25rem; }
    .paper { background: #ffffff; border: 1px solid var(--line); border-radius: 4px; padding: .5rem; overflow-x: auto; }
    .paper svg { display: block; width: 100%; min-width: 30rem; height: auto; max-height: 85vh; }
    .dark { display: none; }
    @media screen and (prefers-color-scheme: dark) {
      .themed { background: var(--page); }
      .themed .light { display: none; }
      .dark { display: block; }
    }
    .pointed { outline: 2px solid #0b5cad; outline-offset: 2px; }
    .dark .pointed { outline-color: var(--link); }
    .tip { position: fixed; z-index: 2; max-width: min(24rem, 90vw); padding: .3rem .6rem; border-radius: 4px; pointer-events: none;
      background: #1a1a1a; color: #ffffff; border: 1px solid #ffffff; font-size: .85rem; line-height: 1.35; }
    figcaption, footer, caption, .hint { color: var(--quiet); font-size: .9rem; }
    figcaption { margin-top: .4rem; }
    .files a { margin-right: .5rem; }
    summary { cursor: pointer; padding: .25rem 0; color: var(--link); width: fit-content; }
    .scroll { overflow: auto; max-height: 38rem; margin-bottom: 1rem; border: 1px solid var(--line); border-radius: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: .85rem; }
    caption { text-align: left; padding: .4rem .6rem; }
    th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
    thead { position: sticky; top: 0; }
    th { background: var(--soft); }
    .n { text-align: right; font-variant-numeric: tabular-nums; }
    caption span { position: sticky; left: .5rem; display: inline-block; max-width: calc(100vw - 4rem); }
    .pivot { width: auto; }
    .pivot thead th { white-space: normal; }
    .pivot th[scope=colgroup] { text-align: center; }
    .pivot colgroup { border-left: 1px solid var(--line); }
    .scroll:has(.pivot) { width: fit-content; max-width: 100%; }
    small { color: var(--quiet); font-size: .85em; }
    th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
    th button::after { content: " \\2195"; content: " \\2195" / ""; color: var(--quiet); }
    th[aria-sort=ascending] button::after { content: " \\2191"; content: " \\2191" / ""; }
    th[aria-sort=descending] button::after { content: " \\2193"; content: " \\2193" / ""; }
    .filter { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .5rem 0; font-size: .9rem; }
    .filter label { display: grid; gap: .1rem; }
    .filter input, .filter select, .filter button { font: inherit; color: inherit; background: var(--soft);
      border: 1px solid var(--quiet); border-radius: 4px; padding: .2rem .5rem; max-width: 16rem; }
    pre { background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: .75rem; overflow: auto;
      font-size: .85rem; line-height: 1.45; }
    dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .2rem 1rem; }
    dt { color: var(--quiet); }
    dt, dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
    @media print {
      @page { margin: 15mm; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav, .filter, .skip, .files, .hint, .tip, .unseen, details:not([open]) { display: none; }
      summary { display: none; }
      .paper, .scroll { overflow: visible; border: 0; padding: 0; }
      .paper svg { min-width: 0; max-height: 105mm; }
      .scroll { max-height: none; }
      thead { position: static; }
      th button { display: none; }
      th[data-name]::before { content: attr(data-name); }
      figure, tr { break-inside: avoid; }
      h2, h3, h3 + p, caption, thead { break-after: avoid; }
      h2 { margin-top: 1.5rem; }
      table { font-size: 7.5pt; }
      caption { font-size: 8.5pt; padding-left: .3rem; }
      caption span { display: inline; position: static; max-width: none; }
      th, td { padding: .1rem .3rem; white-space: normal; }
      .n { white-space: nowrap; }
      pre { white-space: pre-wrap; overflow-wrap: anywhere; overflow: visible; }
      a { color: inherit; text-decoration: none; }
    }
    """
}
