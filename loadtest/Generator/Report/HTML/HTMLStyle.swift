/// The page's one style sheet.
enum HTMLStyle {
    /// Colours that servers may have; later ones begin again.
    static let colours = 7

    static let sheet = """
        :root {
          color-scheme: light dark;
          --page: #fbfaf8; --card: #fff; --text: #1d2126; --soft: #626a73; --line: #e2e0db; --red: #b3261e;
          --red-soft: #fdecea; --green: #1c7c4a;
          --c0: #2563b8; --c1: #6f7680; --c2: #c65d21; --c3: #2c8c5a; --c4: #8a4fbf; --c5: #b3892a; --c6: #c23b74;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171b; --card: #1c2025; --text: #e6e8ea; --soft: #9aa3ad; --line: #31373e; --red: #ff8a80;
            --red-soft: #3a1d1b; --green: #63d297;
            --c0: #6aa5f5; --c1: #a3abb5; --c2: #f0935a; --c3: #5fcb92; --c4: #bf92ee; --c5: #e0b95a; --c6: #f07aa9;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem); max-width: 84rem; background: var(--page);
          color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
        }
        h1 { margin: 0; font-size: 1.75rem; letter-spacing: -.02em; }
        h2 { margin: 0; font-size: 1.15rem; overflow-wrap: anywhere; }
        h3 { margin: 0 0 .35rem; font-size: .85rem; font-weight: 600; color: var(--soft); }
        a { color: var(--c0); }
        code { font: .85rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
        .command { margin: .5rem 0 1rem; }
        dl { display: grid; gap: .15rem 1.5rem; margin: 0; font-size: .9rem; }
        dl div { display: grid; grid-template-columns: 8rem 1fr; gap: .5rem; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        nav { display: flex; flex-wrap: wrap; gap: .4rem; margin: 1.5rem 0; }
        nav a {
          padding: .15rem .6rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card);
          font-size: .85rem; text-decoration: none;
        }
        section {
          margin: 1.25rem 0; padding: 1.1rem 1.25rem 1.25rem; border: 1px solid var(--line); border-radius: .75rem;
          background: var(--card);
        }
        section > p { margin: .1rem 0 .75rem; color: var(--soft); }
        .scroll { overflow-x: auto; margin: .6rem -1.25rem 1rem; padding: 0 1.25rem; }
        table { border-collapse: collapse; width: 100%; font-size: .85rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th { color: var(--soft); font-weight: 500; }
        th:first-child, td:first-child { padding-left: 0; text-align: left; }
        .wide td:first-child { min-width: 15rem; white-space: normal; }
        .wide td:nth-child(2), .wide th:nth-child(2) { text-align: left; }
        .wide td.reason { min-width: 12rem; white-space: normal; color: var(--soft); }
        .key { display: inline-block; width: .65rem; height: .65rem; margin-right: .45rem; border-radius: .15rem; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; }
        .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1.25rem; }
        svg { display: block; width: 100%; max-width: 33rem; height: auto; overflow: visible; }
        svg text { fill: var(--text); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
        svg .soft { fill: var(--soft); }
        svg .axis { stroke: var(--line); stroke-width: 1; }
        svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .void { border-color: var(--red); background: var(--red-soft); }
        .void h2, tr.void td, .red { color: var(--red); }
        .void ul { margin: .5rem 0 0; padding-left: 1.2rem; }
        .green { color: var(--green); }
        .red, .green, .unknown { font-weight: 600; }
        .unknown { color: var(--soft); }
        .tag { margin-left: .5rem; padding: 0 .4rem; border: 1px solid var(--red); border-radius: .3rem; font-size: .75rem; }
        footer { color: var(--soft); font-size: .85rem; }
        @media (max-width: 34rem) { dl div { grid-template-columns: 1fr; gap: 0; } dl { gap: .5rem; } }
        @media print { section { break-inside: avoid; } }
        """ + keys

    private static var keys: String {
        (0..<colours).map {
            "\n.k\($0) { background: var(--c\($0)); fill: var(--c\($0)); stroke: var(--c\($0)); }"
        }
        .joined()
    }
}
