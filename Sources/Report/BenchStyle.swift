/// What the benchmark report's style has besides the common one: pictures of lines, changes, English first.
enum BenchStyle {
    static let text: StaticString = """

        :root {
          --c0: #0068a8; --c1: #c04f00; --c2: #00795a; --c3: #a04a80; --c4: #7a6200; --c5: #4a4f9c;
          --peer: #77838f; --band: #c6dcef;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --c0: #62b4ee; --c1: #f39a5b; --c2: #4cc9a0; --c3: #e094c2; --c4: #d6bd4e; --c5: #a5a9f0;
            --peer: #8b97a5; --band: #2c4864;
          }
        }
        h1 .en, h2 .en { display: block; font-size: 0.62em; line-height: 1.5; }
        caption .en, figcaption .en { margin-left: 4px; }
        .verdict.tight { border-left-color: var(--c1); }
        .verdict.bad { border-left-color: var(--over); }
        .verdict.unknown { border-left-color: var(--soft); }
        .formula { margin: 2px 0 0; font-variant-numeric: tabular-nums; }
        .unit { font-size: 13px; font-weight: 400; color: var(--soft); }
        .remark.good { color: var(--good); }
        .remark.over { color: var(--over); }
        .remark.over, .remark.good { font-weight: 600; }
        .since { font-size: 13.5px; color: var(--soft); }
        td.good { color: var(--good); font-weight: 600; }
        td.good .en { color: var(--good); }
        td.mark .en, td.good .en { display: block; font-weight: 400; }
        dt .en { display: block; }
        .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); }
        .tiles .big { font-size: 22px; }
        .dense tbody th .en { display: inline; margin-left: 4px; }
        figure { max-width: none; }
        header figure { margin-bottom: 8px; }
        .b-us { fill: var(--c0); stroke: var(--c0); }
        .b-peer { fill: var(--peer); stroke: var(--peer); }
        .b-over { fill: var(--over); stroke: var(--over); }
        .night { fill: var(--left); }
        .pale { opacity: 0.38; }
        .plot { padding: 0 30px 0 52px; }
        .plot svg { overflow: visible; }
        .grid { stroke: var(--line); stroke-width: 1; }
        svg .axis, svg .tick-x, svg .tick-y { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
        svg .axis-x, svg .tick-y { text-anchor: end; }
        svg .tick-x { text-anchor: middle; }
        .run { fill: none; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
        .dashed { stroke-dasharray: 5 4; stroke-width: 1.5; }
        .mark-line { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 2 3; }
        svg .mark-label { font-size: 12.5px; font-weight: 600; }
        svg .left-of { text-anchor: end; }
        svg .letter { font-size: 13px; font-weight: 700; }
        .run.c0 { stroke: var(--c0); } .run.c1 { stroke: var(--c1); } .run.c2 { stroke: var(--c2); }
        .run.c3 { stroke: var(--c3); } .run.c4 { stroke: var(--c4); } .run.c5 { stroke: var(--c5); }
        svg .c0:not(.run) { fill: var(--c0); } svg .c1:not(.run) { fill: var(--c1); }
        svg .c2:not(.run) { fill: var(--c2); } svg .c3:not(.run) { fill: var(--c3); }
        svg .c4:not(.run) { fill: var(--c4); } svg .c5:not(.run) { fill: var(--c5); }
        .key-list { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 4px 0 0; padding: 0; list-style: none;
          font-size: 14px; }
        .key-line { display: inline-block; vertical-align: middle; margin-right: 6px; }
        .spark .band { fill: var(--band); stroke: none; }
        .spark .run { stroke: var(--c0); stroke-width: 1.5; }
        .spark .end { fill: var(--c0); }
        tbody td { font-variant-numeric: tabular-nums; }
        @media (min-width: 561px) { .dense tbody th { white-space: nowrap; } }
        @media (max-width: 560px) {
          .tiles { grid-template-columns: minmax(0, 1fr); }
          .tiles .big { font-size: 18px; }
          svg.two .amount, svg.two .share { transform: none; }
          .plot { padding: 0 22px 0 44px; }
          .minor { display: none; }
          svg .axis, svg .tick-x, svg .tick-y { font-size: 11px; }
        }
        @media print {
          :root {
            --c0: #0068a8; --c1: #c04f00; --c2: #00795a; --c3: #a04a80; --c4: #7a6200; --c5: #4a4f9c;
            --peer: #77838f; --band: #c6dcef;
          }
          .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); }
          .tiles .big { font-size: 12pt; }
          .plot { padding-left: 44px; }
        }

        """
}
