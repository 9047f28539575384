/// The reports' common style: light and dark, wide and narrow, screen and paper.
///
/// Every colour of letters stands against its ground with a contrast of at least 4.5, of a bar with at least 3.
package enum StyleSheet {
    package static let text: StaticString = """

        :root {
          color-scheme: light dark;
          --paper: #ffffff; --panel: #f3f5f8; --ink: #1b2430; --soft: #56616f; --line: #d3d9e1;
          --accent: #17508f; --good: #176b3a; --over: #a3200d; --warn: #fff4d6; --track: #eef1f5; --left: #ccd4de;
          --total: #44505e; --pool: #17508f; --large: #2a7d8c; --critical: #2c7a3f; --assistance: #8c6a00;
          --reassistance: #b0570e; --supplementary: #7a3f9c; --account: #5a6b12; --cash: #b3321f;
          --recoverable: #8a2a63;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #12171e; --panel: #1c232d; --ink: #e8edf3; --soft: #a9b4c2; --line: #364150;
            --accent: #8fbdf0; --good: #7fd3a0; --over: #ff9d8c; --warn: #3d3212; --track: #1f2731; --left: #3d4859;
            --total: #b4c0ce; --pool: #6ea8ea; --large: #5fbccb; --critical: #6cc483; --assistance: #d8b242;
            --reassistance: #eb9a58; --supplementary: #c196e0; --account: #b3c65a; --cash: #f0806d;
            --recoverable: #dd86b8;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0 auto; padding: 24px 28px 48px; max-width: 1160px; background: var(--paper); color: var(--ink);
          font: 16px/1.55 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
          overflow-wrap: break-word;
        }
        .en { font-size: 0.82em; color: var(--soft); font-weight: 400; }
        h1 { margin: 0; font-size: 28px; line-height: 1.25; }
        h2 { margin: 0 0 10px; font-size: 21px; line-height: 1.3; }
        h3 { margin: 22px 0 4px; font-size: 18px; }
        p { margin: 6px 0; }
        .source { color: var(--soft); }
        .verdict {
          margin: 14px 0; padding: 12px 16px; border-left: 5px solid var(--good); background: var(--panel);
          font-size: 19px; line-height: 1.5;
        }
        .verdict .en { display: block; margin-top: 2px; }
        .tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 12px; margin: 16px 0; }
        .tiles > div { padding: 10px 14px 12px; background: var(--panel); border-radius: 6px; }
        dt { font-size: 15px; }
        dd { margin: 0; }
        .big { font-size: 20px; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums; }
        .long { font-size: 17px; line-height: 1.6; overflow-wrap: anywhere; }
        .remark { font-size: 13px; color: var(--soft); }
        .proof { margin: 16px 0; }
        .proof h2 { font-size: 17px; margin: 0 0 4px; }
        .proof ul { margin: 0; padding: 0; list-style: none; }
        .proof li { padding-left: 24px; position: relative; font-size: 15px; }
        .proof li::before { content: "✓"; position: absolute; left: 2px; color: var(--good); font-weight: 700; }
        .warning { padding: 10px 14px; background: var(--warn); border-left: 5px solid var(--over); }
        nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 16px 0 0; padding: 8px 0; font-size: 15px;
          border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
        a { color: var(--accent); text-underline-offset: 3px; }
        main > section { margin-top: 40px; }
        main > section > h2 { padding-bottom: 6px; border-bottom: 2px solid var(--accent); }
        .region + .region { margin-top: 36px; padding-top: 8px; border-top: 1px solid var(--line); }
        .note { font-size: 13.5px; color: var(--soft); }
        .scroll { overflow-x: auto; margin: 12px 0; }
        .scroll:focus-visible { outline: 2px solid var(--accent); }
        table { border-collapse: collapse; width: 100%; font-size: 14.5px; line-height: 1.4; }
        caption { text-align: left; font-weight: 600; padding: 4px 0 6px; }
        th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
        thead .en, tbody th .en, tfoot th .en { display: block; }
        tbody th { font-weight: 500; min-width: 6.5em; }
        tfoot th, tfoot td { font-weight: 700; border-top: 2px solid var(--soft); }
        .figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        thead .figure { white-space: normal; }
        .dense { font-size: 13px; }
        .dense th, .dense td { padding: 5px 7px; }
        .dense tbody th { min-width: 0; }
        .mark { white-space: nowrap; }
        .over { color: var(--over); font-weight: 700; }
        .over .en { color: var(--over); }
        code { font: 13px/1.4 ui-monospace, Consolas, "DejaVu Sans Mono", monospace; white-space: nowrap; }
        .digest code { white-space: normal; overflow-wrap: anywhere; }
        .key { display: inline-block; width: 11px; height: 11px; margin-right: 7px; border-radius: 2px; }
        figure { margin: 18px 0 6px; max-width: 820px; }
        figcaption { font-weight: 600; margin-bottom: 8px; }
        svg { display: block; }
        svg text { fill: var(--ink); font-size: 14px; }
        svg .label-en, svg .share { fill: var(--soft); font-size: 12px; }
        svg .amount { font-weight: 600; }
        svg .amount, svg .share { text-anchor: end; font-variant-numeric: tabular-nums; }
        .track { fill: var(--track); }
        .left { fill: var(--left); }
        .watched { fill: var(--large); }
        .watched-first { fill: var(--ink); }
        .tick { stroke-width: 2; }
        .t-none { stroke: var(--soft); }
        .t-total { fill: var(--total); stroke: var(--total); background: var(--total); }
        .t-pool { fill: var(--pool); stroke: var(--pool); background: var(--pool); }
        .t-large { fill: var(--large); stroke: var(--large); background: var(--large); }
        .t-critical { fill: var(--critical); stroke: var(--critical); background: var(--critical); }
        .t-assistance { fill: var(--assistance); stroke: var(--assistance); background: var(--assistance); }
        .t-reassistance { fill: var(--reassistance); stroke: var(--reassistance); background: var(--reassistance); }
        .t-supplementary {
          fill: var(--supplementary); stroke: var(--supplementary); background: var(--supplementary);
        }
        .t-account { fill: var(--account); stroke: var(--account); background: var(--account); }
        .t-cash { fill: var(--cash); stroke: var(--cash); background: var(--cash); }
        .t-recoverable { fill: var(--recoverable); stroke: var(--recoverable); background: var(--recoverable); }
        rect { stroke: none !important; }
        @media (max-width: 900px) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
        @media (max-width: 560px) {
          body { padding: 16px 16px 32px; }
          h1 { font-size: 23px; }
          .verdict { font-size: 17px; padding: 10px 12px; }
          .tiles { grid-template-columns: minmax(0, 1fr); gap: 6px; }
          .tiles > div {
            display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: 10px; padding: 6px 12px;
          }
          dt .en { display: block; }
          .big, .remark { text-align: right; }
          .big, .long { font-size: 17px; }
          .remark { grid-column: 1 / 3; }
          th, td { padding: 6px 7px; }
          svg.two .amount { transform: translateY(15px); }
          svg.two .share { transform: translateY(-15px); }
          svg.two .wide { display: none; }
          .scroll tbody th, .scroll tfoot th, .scroll thead th:first-child {
            position: sticky; left: 0; background: var(--paper); min-width: 8.5em; max-width: 9em;
            overflow-wrap: anywhere; white-space: normal;
          }
          th code { white-space: normal; overflow-wrap: anywhere; }
        }
        @page { size: A4; margin: 14mm 12mm; }
        @media print {
          :root {
            color-scheme: light;
            --paper: #ffffff; --panel: #f3f5f8; --ink: #000000; --soft: #404a56; --line: #b8c0ca;
            --accent: #17508f; --good: #176b3a; --over: #a3200d; --warn: #fff4d6; --track: #eef1f5; --left: #ccd4de;
            --total: #44505e; --pool: #17508f; --large: #2a7d8c; --critical: #2c7a3f; --assistance: #8c6a00;
            --reassistance: #b0570e; --supplementary: #7a3f9c; --account: #5a6b12; --cash: #b3321f;
            --recoverable: #8a2a63;
          }
          body { max-width: none; padding: 0; font-size: 10.5pt; -webkit-print-color-adjust: exact;
            print-color-adjust: exact; }
          nav { display: none; }
          .scroll { overflow: visible; }
          .tiles { grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 6px; }
          .tiles > div { padding: 6px 8px; }
          .big, .long { font-size: 9.8pt; }
          .verdict { font-size: 13pt; }
          table { font-size: 8pt; }
          th, td { padding: 3px 4px; }
          .dense { font-size: 6.8pt; }
          .dense th, .dense td { padding: 2px 3px; }
          code { font-size: 7.5pt; }
          .dense code { font-size: 6.8pt; }
          thead { display: table-header-group; }
          tfoot { display: table-row-group; }
          tr, figure, .region table, .tiles > div, .verdict, .proof { break-inside: avoid; }
          h2, h3, caption, thead tr { break-after: avoid; }
          tbody tr:first-child { break-before: avoid; }
          tfoot tr { break-before: avoid; }
          main > section { margin-top: 22px; }
        }

        """
}
