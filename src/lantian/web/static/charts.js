// Charts: after the first paint, when they come into view, from the JSON of lantian.web.charts.Chart.
// Options hold no functions and no colours of their own; names of colours are replaced by those of the theme.

const root = document.documentElement;
const words = document.getElementById("words").dataset;
const NAMES = ["series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7", "series-8",
  "limit", "muted", "accent", "accent-soft", "missing", "ink", "line", "paper", "surface", "good", "bad", "warning"];
const STAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
const drawn = new Map();
let library = null;

export function watch(figures) {
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      load(entry.target);
    }
  }, { rootMargin: "300px" });
  for (const figure of figures) {
    seen.observe(figure);
    figure.addEventListener("renew", () => drawn.has(figure) && load(figure));
  }
}

async function load(figure) {
  const place = figure.querySelector(".chart-place");
  try {
    library ??= import(root.dataset.echarts);
    const [echarts, answer] = await Promise.all([library, fetch(figure.dataset.chart, { headers: { Accept: "application/json" } })]);
    if (!answer.ok) throw new Error(`${answer.status}`);
    show(figure, place, echarts, await answer.json());
  } catch (error) {
    if (error instanceof TypeError && !navigator.onLine) library = null;
    console.warn("chart", figure.dataset.chart, error.message);
    failed(figure, place);
  }
}

function failed(figure, place) {
  const box = element("div", "chart-fault");
  box.setAttribute("role", "alert");
  const again = element("button", "", words.again);
  again.type = "button";
  again.addEventListener("click", () => {
    place.replaceChildren(element("p", "chart-wait", "…"));
    load(figure);
  });
  box.append(element("p", "", words.failed), again);
  place.replaceChildren(box);
}

function show(figure, place, echarts, data) {
  figure.querySelector("figcaption").textContent = (data.simulated ? `${words.simulated} · ` : "") + data.caption;
  const nothing = !data.option?.series || (Array.isArray(data.option.series) && !data.option.series.length);
  if (nothing) return place.replaceChildren(element("p", "chart-wait", data.empty || words.empty));
  drawn.get(figure)?.stop();
  const canvas = element("div", "chart-canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${data.title}. ${data.caption}`);
  place.replaceChildren(canvas);
  const chart = echarts.init(canvas, null, { locale: root.lang.startsWith("zh") ? "ZH" : "EN" });
  const draw = () => chart.setOption(dressed(data, colours(root)), { notMerge: true });
  draw();
  const resized = new ResizeObserver(() => chart.resize());
  resized.observe(canvas);
  drawn.set(figure, { draw, stop: () => (resized.disconnect(), chart.dispose()) });
  buttons(figure, place, canvas, echarts, data);
}

// ---- colours, times and numbers ------------------------------------------------------------------------------------

function colours(holder) {
  const style = getComputedStyle(holder);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

// Papers and pictures are light: the colours of the light theme, whatever the page shows.
function paperColours() {
  const probe = element("span");
  probe.dataset.theme = "light";
  probe.hidden = true;
  document.body.append(probe);
  const found = colours(probe);
  probe.remove();
  return found;
}

function coloured(value, palette, under = "") {
  if (typeof value === "string") return /colou?r/i.test(under) && value in palette ? palette[value] : value;
  if (Array.isArray(value)) return value.length > 64 && typeof value[0] !== "object" ? value : value.map((each) => coloured(each, palette, under));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === "data" && heavy(each) ? each : coloured(each, palette, /colou?r/i.test(under) ? under : key)]));
}

const heavy = (data) => Array.isArray(data) && !data.some((each) => each !== null && typeof each === "object" && !Array.isArray(each));

// Instants are drawn at the city's wall time, wherever the reader sits.
function cityTime(value) {
  const part = typeof value === "string" ? STAMP.exec(value) : null;
  return part ? Date.UTC(part[1], part[2] - 1, part[3], part[4], part[5], part[6] ?? 0) : value;
}

function timed(value) {
  if (Array.isArray(value)) return value.map(timed);
  if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, timed(each)]));
  return cityTime(value);
}

function written(value, decimals) {
  if (value === null || value === undefined || value === "" || Number.isNaN(value)) return "–";
  if (typeof value !== "number") return String(value);
  const shape = decimals === undefined ? { maximumFractionDigits: 3 } : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return value.toLocaleString(root.lang, shape).replace("-", "−");
}

function stamp(ms, sample) {
  const text = new Date(ms).toISOString();
  return typeof sample === "string" && sample.length === 10 ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

// ---- the option, dressed in the theme -------------------------------------------------------------------------------

const list = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);

function dressed(data, palette) {
  const given = data.option;
  const font = getComputedStyle(document.body).fontFamily;
  const hasTime = [...list(given.xAxis), ...list(given.yAxis)].some((axis) => axis.type === "time");
  const option = coloured(hasTime ? timed(given) : given, palette);
  const text = { color: palette.muted, fontFamily: font, fontSize: 12 };
  option.useUTC = true;
  option.animation ??= false;
  option.backgroundColor ??= "transparent";
  option.color ??= NAMES.slice(0, 8).map((name) => palette[name]);
  option.textStyle = { ...text, ...option.textStyle };
  option.aria = { enabled: true, ...option.aria };
  for (const kind of ["xAxis", "yAxis", "radiusAxis", "angleAxis"]) {
    if (option[kind] !== undefined) option[kind] = list(option[kind]).map((axis) => dressedAxis(axis, kind, palette, text, data));
  }
  if ((option.xAxis || option.yAxis) && !option.grid) option.grid = { left: 8, right: ends(option) ? 84 : 16, top: 26, bottom: option.dataZoom ? 52 : 8, outerBoundsMode: "same" };
  if (option.legend) option.legend = list(option.legend).map((each) => ({ icon: "roundRect", itemWidth: 14, itemHeight: 4, top: 0, type: "scroll", inactiveColor: palette.edge, ...each, textStyle: { ...text, color: palette.ink, ...each.textStyle } }));
  if (option.visualMap) option.visualMap = list(option.visualMap).map((each) => ({ ...each, textStyle: { ...text, ...each.textStyle } }));
  if (option.calendar) option.calendar = list(option.calendar).map((each) => dressedCalendar(each, palette, text));
  if (option.dataZoom) option.dataZoom = list(option.dataZoom).map((each) => ({ borderColor: palette.line, fillerColor: `${palette.accent}22`, textStyle: text, ...(each.type === "slider" ? { height: 22, bottom: 4, handleStyle: { color: palette.paper, borderColor: palette.accent }, dataBackground: { lineStyle: { color: palette.line }, areaStyle: { color: palette.surface } } } : {}), ...each }));
  option.series = list(option.series).map((each) => dressedSeries(each, palette, text, font));
  option.tooltip = dressedTip(option, data, palette, font, hasTime);
  return option;
}

const ends = (option) => list(option.series).some((each) => each.endLabel?.show);

function dressedAxis(axis, kind, palette, text, data) {
  const isValue = axis.type === undefined ? kind === "yAxis" : ["value", "log"].includes(axis.type);
  const shown = {
    ...axis,
    axisLine: { show: !isValue, lineStyle: { color: palette.line }, ...axis.axisLine },
    axisTick: { show: !isValue, lineStyle: { color: palette.line }, ...axis.axisTick },
    axisLabel: { ...text, hideOverlap: true, ...axis.axisLabel },
    splitLine: { show: isValue, lineStyle: { color: palette.line, opacity: 0.7 }, ...axis.splitLine },
    nameTextStyle: { ...text, align: kind === "yAxis" ? "left" : undefined, ...axis.nameTextStyle },
  };
  if (isValue && kind === "yAxis" && axis.name === undefined && data.unit && axis.show !== false) Object.assign(shown, { name: data.unit, nameLocation: "end", nameGap: 10 });
  return shown;
}

function dressedCalendar(calendar, palette, text) {
  return {
    ...calendar,
    itemStyle: { color: palette.missing, borderColor: palette.paper, borderWidth: 2, ...calendar.itemStyle },
    splitLine: { lineStyle: { color: palette.muted, width: 1 }, ...calendar.splitLine },
    dayLabel: { ...text, firstDay: 1, ...calendar.dayLabel },
    monthLabel: { ...text, ...calendar.monthLabel },
    yearLabel: { ...text, ...calendar.yearLabel },
  };
}

function dressedSeries(series, palette, text, font) {
  const shown = { ...series };
  if (shown.label) shown.label = { fontFamily: font, color: palette.ink, textBorderColor: palette.paper, textBorderWidth: 2, ...shown.label };
  if (shown.endLabel) shown.endLabel = { fontFamily: font, fontSize: 12, distance: 6, ...shown.endLabel };
  if (shown.endLabel) shown.labelLayout ??= { moveOverlap: "shiftY" };
  if (shown.markLine) {
    shown.markLine = {
      silent: true, symbol: "none", ...shown.markLine,
      lineStyle: { type: "dashed", color: palette.limit, width: 1, ...shown.markLine.lineStyle },
      label: { ...text, backgroundColor: palette.paper, padding: [1, 4], ...shown.markLine.label, position: "insideStartTop", color: shown.markLine.label?.color ?? palette.limit },
    };
  }
  return shown;
}

function dressedTip(option, data, palette, font, hasTime) {
  const given = option.tooltip ?? {};
  if (given.show === false) return given;
  const trigger = given.trigger ?? (option.xAxis && option.series.every((each) => ["line", "bar"].includes(each.type)) ? "axis" : "item");
  return {
    confine: true, trigger, backgroundColor: palette.paper, borderColor: palette.line, padding: [8, 12],
    textStyle: { color: palette.ink, fontFamily: font, fontSize: 13 },
    axisPointer: { type: option.series.some((each) => each.type === "bar") ? "shadow" : "line", lineStyle: { color: palette.muted }, shadowStyle: { color: `${palette.accent}18` } },
    ...given,
    formatter: typeof given.formatter === "string" ? given.formatter : (points) => tip(list(points), option, data, hasTime, trigger),
  };
}

function tip(points, option, data, hasTime, trigger) {
  const box = element("div", "chart-tip");
  const first = points[0];
  if (!first) return box;
  const name = trigger === "axis" && hasTime ? stamp(first.axisValue ?? first.value?.[0], sampleOf(data)) : first.name || first.axisValueLabel || (Array.isArray(first.value) && hasTime ? stamp(first.value[0], sampleOf(data)) : "");
  if (name) box.append(element("b", "", name));
  const table = element("table");
  for (const point of points) {
    const series = option.series[point.seriesIndex] ?? {};
    if (series.silent || series.tooltip?.show === false) continue;
    const row = element("tr");
    const sign = element("td");
    sign.innerHTML = point.marker ?? "";
    row.append(sign, element("td", "", trigger === "axis" ? point.seriesName : series.name ?? ""));
    const value = element("td", "number", `${written(valueOf(point), series.decimals)} `);
    if (series.unit ?? data.unit) value.append(element("small", "unit", series.unit ?? data.unit));
    row.append(value);
    table.append(row);
    for (const more of list(point.data?.note)) {
      const line = element("tr");
      const cell = element("td", "", more);
      cell.colSpan = 3;
      line.append(cell);
      table.append(line);
    }
  }
  box.append(table);
  return box;
}

function sampleOf(data) {
  for (const series of list(data.option.series)) for (const each of series.data ?? []) if (each) return Array.isArray(each) ? each[0] : each.value?.[0];
  return undefined;
}

function valueOf(point) {
  const value = point.value;
  if (!Array.isArray(value)) return value;
  const place = point.encode?.y?.[0] ?? point.encode?.value?.[0] ?? value.length - 1;
  return value[place];
}

// ---- picture, table, file ---------------------------------------------------------------------------------------------

function buttons(figure, place, canvas, echarts, data) {
  const acts = figure.querySelector(".chart-acts");
  const made = [button(words.picture, () => savePicture(canvas, echarts, data))];
  if (data.table?.columns?.length) {
    const toggle = button(words.table, () => {
      const open = place.querySelector(".chart-table");
      if (open) open.remove();
      else place.append(tableOf(data));
      toggle.setAttribute("aria-pressed", String(!open));
    });
    toggle.setAttribute("aria-pressed", "false");
    made.push(toggle, button("CSV", () => save(new Blob(["\ufeff", csvOf(data)], { type: "text/csv" }), `${fileName(data)}.csv`)));
  }
  acts.replaceChildren(...made);
  acts.hidden = false;
}

function button(text, act) {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function tableOf(data) {
  const box = element("div", "chart-table");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", data.title);
  const table = element("table");
  table.append(element("caption", "unseen", `${data.title}. ${data.caption}`));
  const head = table.createTHead().insertRow();
  data.table.columns.forEach((column, place) => {
    const cell = element("th", place ? "number" : "", column);
    cell.scope = "col";
    head.append(cell);
  });
  const body = table.createTBody();
  for (const row of data.table.rows) {
    const line = body.insertRow();
    row.forEach((value, place) => line.append(element("td", typeof value === "number" || (place && value === null) ? "number" : "", shownCell(value))));
  }
  box.append(table);
  return box;
}

function shownCell(value) {
  return STAMP.test(value) ? value.slice(0, 16).replace("T", " ") : written(value);
}

function csvOf(data) {
  const safe = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    const formula = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; // a cell is never a formula
    return /[",\n\r]/.test(formula) ? `"${formula.replaceAll('"', '""')}"` : formula;
  };
  return [data.table.columns, ...data.table.rows].map((row) => row.map(safe).join(",")).join("\r\n");
}

const fileName = (data) => `${data.simulated ? "SIMULATED-" : ""}${data.title.replace(/[\\/:*?"<>|\s]+/g, "-")}`;

function save(blob, name) {
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// The picture carries title, source and the simulated mark within it, on white paper.
function savePicture(canvas, echarts, data) {
  const [width, height] = [Math.max(640, canvas.clientWidth), Math.max(320, canvas.clientHeight)];
  const palette = paperColours();
  const chart = echarts.init(element("div"), null, { width, height, devicePixelRatio: 2, locale: root.lang.startsWith("zh") ? "ZH" : "EN" });
  const option = dressed(data, palette);
  chart.setOption({ ...option, animation: false });
  const inner = chart.renderToCanvas({ pixelRatio: 2 });
  const picture = document.createElement("canvas");
  const pen = picture.getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  pen.font = `12px ${family}`;
  const lines = wrapped(pen, data.caption, width - 32);
  const [top, bottom] = [data.simulated ? 64 : 44, 18 + lines.length * 18];
  picture.width = 2 * width;
  picture.height = 2 * (height + top + bottom);
  pen.scale(2, 2);
  pen.fillStyle = palette.paper;
  pen.fillRect(0, 0, width, height + top + bottom);
  pen.fillStyle = palette.ink;
  pen.font = `600 17px ${family}`;
  pen.fillText(data.title, 16, 28);
  if (data.simulated) {
    pen.fillStyle = palette.warning;
    pen.font = `600 13px ${family}`;
    pen.fillText(words.simulated, 16, 50);
  }
  pen.drawImage(inner, 0, top, width, height);
  pen.fillStyle = palette.muted;
  pen.font = `12px ${family}`;
  lines.forEach((line, place) => pen.fillText(line, 16, top + height + 16 + 18 * place));
  chart.dispose();
  picture.toBlob((blob) => save(blob, `${fileName(data)}.png`), "image/png");
}

function wrapped(pen, text, width) {
  const lines = [];
  let line = "";
  for (const part of text.match(/[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+/g) ?? []) {
    if (line && pen.measureText(line + part).width > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += part;
  }
  return line ? [...lines, line] : lines;
}

function element(tag, className = "", text = null) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  return made;
}

// ---- another theme, paper -----------------------------------------------------------------------------------------------

function renew() {
  for (const [figure, held] of drawn) figure.isConnected ? held.draw() : (held.stop(), drawn.delete(figure));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", renew);
matchMedia("print").addEventListener("change", renew);
new MutationObserver(renew).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
