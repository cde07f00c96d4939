/**
 * The style sheet of a report: light or dark as the reader's system is. Tables
 * and drawings scroll inside their boxes, so that the page fits a phone.
 * Drawings keep their white ground: their colours are chosen for it.
 */
export const REPORT_STYLE = `
:root { color-scheme: light dark;
  --ground: #fff; --text: #222; --quiet: #555; --line: #ddd; --link: #0645ad; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181c; --text: #e4e4e4; --quiet: #a8abb0; --line: #3a3d42;
    --link: #8ab4f8; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text);
  background: var(--ground); max-width: 52rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: break-word; }
a { color: var(--link); }
h1, h2 { line-height: 1.2; }
h2 { margin-top: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line);
  text-align: right; }
.words th, .words td, th:first-child { text-align: left; }
th:first-child { padding-left: 0; }
tbody th { font-weight: inherit; }
.words td:nth-child(2) { white-space: nowrap; font-weight: 600; }
figure { margin: 0; }
.drawing { background: #fff; border-radius: .4rem; }
.drawing svg { display: block; width: 100%; min-width: 30rem; height: auto; }
.drawing image { image-rendering: pixelated; }
figcaption { color: var(--quiet); margin-top: .4rem; }
@media print {
  .scroll { overflow: visible; }
  figure { break-inside: avoid; }
}
@media (max-width: 36rem) {
  h1 { font-size: 1.5rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
`;
