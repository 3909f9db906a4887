// Draws the interactive timeline from the table beside it. Without this script, or without plotly, the page
// shows its numbers all the same.
"use strict";

// Milliseconds: a story that was told all at once is not to be measured in its parts.
const LEAST_SPREAD = 20 * 60e3;
const figure = document.querySelector("figure[data-chart]");
const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { ink: of("--ink"), soft: of("--soft"), rule: of("--rule"), originals: of("--accent"), copies: of("--copies"), derived: of("--warm") };
};

function timeline(c) {
  const rows = [...figure.querySelectorAll("tbody tr")];
  const x = rows.map((row) => row.querySelector("time").dateTime);
  const column = (n) => rows.map((row) => Number(row.cells[n].textContent));
  const bar = (name, n, colour) => ({ type: "bar", name, x, y: column(n), marker: { color: colour } });
  return { data: [bar("originals", 1, c.originals), bar("copies", 2, c.copies)], layout: { barmode: "stack", bargap: 0.15, height: 260 } };
}

function spread(c) {
  const rows = [...figure.querySelectorAll("tbody tr")];
  const outlets = [...new Set(rows.map((row) => row.cells[1].textContent))];
  const kinds = { original: c.originals, derived: c.derived, copy: c.copies };
  const data = Object.entries(kinds).map(([kind, colour]) => {
    const mine = rows.filter((row) => row.dataset.relation === kind);
    return {
      type: "scatter",
      mode: "markers",
      name: kind,
      x: mine.map((row) => row.querySelector("time").dateTime),
      y: mine.map((row) => plain(row.cells[1].textContent)),
      text: mine.map((row) => plain(row.cells[2].textContent)),
      hovertemplate: "%{text}<br>%{y}, %{x|%H:%M}<extra></extra>",
      marker: { color: colour, size: 11, symbol: kind === "original" ? "circle" : "circle-open", line: { width: 2, color: colour } },
    };
  }).filter((trace) => trace.x.length);
  const times = rows.map((row) => Date.parse(row.querySelector("time").dateTime));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const xaxis = last - first < LEAST_SPREAD ? { range: [first - LEAST_SPREAD / 2, last + LEAST_SPREAD / 2] } : {};
  const layout = { height: 110 + 26 * outlets.length, xaxis, yaxis: { categoryarray: outlets.map(plain).reverse(), categoryorder: "array", automargin: true } };
  return { data, layout };
}

// plotly reads a few tags and entities in texts: what feeds say is to be shown as it is.
function plain(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function draw() {
  const c = colours();
  const { data, layout } = figure.dataset.chart === "timeline" ? timeline(c) : spread(c);
  const axis = { gridcolor: c.rule, linecolor: c.rule, zeroline: false, fixedrange: false };
  const common = {
    margin: { l: 36, r: 8, t: 8, b: 44 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "system-ui, sans-serif", size: 12, color: c.soft },
    legend: { orientation: "h", y: 1.12, x: 0 },
    hovermode: figure.dataset.chart === "timeline" ? "x unified" : "closest",
    ...layout,
    xaxis: { ...axis, type: "date", ...layout.xaxis },
    yaxis: { ...axis, rangemode: "tozero", ...layout.yaxis },
  };
  const place = figure.querySelector(".plot");
  place.replaceChildren();
  window.Plotly.newPlot(place, data, common, { displayModeBar: false, responsive: true });
}

if (figure && figure.dataset.plotly) {
  const script = document.createElement("script");
  script.src = figure.dataset.plotly;
  script.addEventListener("load", draw);
  document.head.append(script);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => window.Plotly && draw());
}
