// Maps: MapLibre takes the place of the server's drawing when it is ready; where it cannot, the drawing stays.
// No tiles unless a city has set an address; signs come as paths, so that both drawings are of one hand.

const root = document.documentElement;
const words = document.getElementById("words").dataset;
const TONES = { good: "--good", bad: "--bad", warn: "--warning", quiet: "--missing", info: "--accent" };
const ORDER = ["fires", "plants", "stations", "wind"];

export function watch(places) {
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      load(entry.target);
    }
  }, { rootMargin: "200px" });
  for (const place of places) seen.observe(place);
}

async function load(place) {
  let data;
  try {
    const answer = await fetch(place.dataset.map, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    data = await answer.json();
  } catch (error) {
    console.warn("map", place.dataset.map, error.message);
    if (!place.querySelector("svg")) place.replaceChildren(element("p", "chart-wait", words.failed));
    return;
  }
  listPlaces(place, data);
  if (!hasWebGL()) return;
  try {
    const [library] = await Promise.all([import(root.dataset.maplibre), stylesheet(root.dataset.maplibreStyle)]);
    library.setWorkerUrl(new URL(root.dataset.maplibreWorker, location.href).href);
    await draw(place, library, data);
  } catch (error) {
    console.warn("map", place.dataset.map, error.message); // the drawing of the server stays
  }
}

function hasWebGL() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

function stylesheet(address) {
  if (document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  return new Promise((done, fail) => {
    const link = Object.assign(element("link"), { rel: "stylesheet", href: address, onload: done, onerror: () => fail(new Error(address)) });
    document.head.append(link);
  });
}

const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

// ---- drawing -------------------------------------------------------------------------------------------------------

async function draw(place, library, data) {
  const holder = element("div");
  holder.style.visibility = "hidden";
  place.append(holder);
  const map = new library.Map({
    container: holder, bounds: data.bounds, fitBoundsOptions: { padding: 18 }, style: ground(place.dataset.tiles),
    attributionControl: false, dragRotate: false, pitchWithRotate: false, cooperativeGestures: false, maxZoom: 15, fadeDuration: 0,
    locale: { "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut, "Popup.Close": words.close, "Map.Title": place.closest(".map-part")?.getAttribute("aria-label") ?? "" },
  });
  map.on("error", (event) => console.warn("map", event.error?.message));
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  await new Promise((ready) => map.once("load", ready));
  const paint = () => {
    map.setPaintProperty("ground", "background-color", colour("--paper"));
    addSigns(map, data.signs);
    recolour(map, data);
  };
  addSigns(map, data.signs);
  const names = addAreas(map, library, data);
  for (const kind of ORDER) addPoints(map, data, kind);
  paint();
  listen(map, library, data);
  await new Promise((ready) => map.once("idle", ready));
  place.querySelector(".svg-map")?.classList.add("replaced"); // paper still shows it
  place.querySelector(".chart-wait")?.remove();
  holder.style.visibility = "";
  thin(map, names, data);
  map.on("moveend", () => thin(map, names, data));
  new ResizeObserver(() => map.resize()).observe(holder);
  new MutationObserver(paint).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  place.addEventListener("renew", async () => {
    const answer = await fetch(place.dataset.map, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const fresh = await answer.json();
    addSigns(map, fresh.signs);
    for (const layer of fresh.layers) map.getSource(layer.kind)?.setData(collection(layer.features));
  });
}

function ground(tiles) {
  const style = { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": colour("--paper") } }] };
  if (tiles) {
    style.sources.tiles = { type: "raster", tiles: [tiles], tileSize: 256 };
    style.layers.push({ id: "tiles", type: "raster", source: "tiles", paint: { "raster-opacity": 0.6 } });
  }
  return style;
}

const collection = (features) => ({ type: "FeatureCollection", features });
const layerOf = (data, kind) => data.layers.find((layer) => layer.kind === kind);

function addAreas(map, library, data) {
  const layer = layerOf(data, "counties");
  if (!layer) return [];
  map.addSource("counties", { type: "geojson", data: collection(layer.features) });
  map.addLayer({ id: "counties", type: "fill", source: "counties", paint: { "fill-color": ["coalesce", ["get", "colour"], colour("--land")], "fill-opacity": ["case", ["has", "colour"], 0.6, 1] } });
  map.addLayer({ id: "counties-edge", type: "line", source: "counties", paint: { "line-color": colour("--land-line"), "line-width": 1 } });
  return layer.features.map((feature) => {
    const label = element("span", "map-label", feature.properties.name);
    label.setAttribute("aria-hidden", "true");
    return new library.Marker({ element: label, anchor: "center" }).setLngLat(feature.properties.middle).addTo(map);
  });
}

function addPoints(map, data, kind) {
  const layer = layerOf(data, kind);
  if (!layer) return;
  map.addSource(kind, { type: "geojson", data: collection(layer.features) });
  map.addLayer({
    id: kind, type: "symbol", source: kind,
    layout: { "icon-image": ["get", "sign"], "icon-size": ["*", kind === "stations" ? 1.15 : 0.9, ["coalesce", ["get", "size"], 1]], "icon-allow-overlap": true, "icon-rotate": ["coalesce", ["get", "toward"], 0], "icon-rotation-alignment": "map" },
  });
}

function recolour(map, data) {
  if (!layerOf(data, "counties")) return;
  map.setPaintProperty("counties", "fill-color", ["coalesce", ["get", "colour"], colour("--land")]);
  map.setPaintProperty("counties-edge", "line-color", colour("--land-line"));
}

// A name steps aside for stations and other names; where there is no room at all it waits until there is.
function thin(map, names, data) {
  const stations = layerOf(data, "stations")?.features ?? [];
  const taken = stations.map((feature) => boxAround(map.project(feature.geometry.coordinates), 22, 22));
  for (const name of names) {
    const [label, middle] = [name.getElement(), map.project(name.getLngLat())];
    const [width, height] = [label.offsetWidth, label.offsetHeight];
    const ways = [0, 18, -18, 32, -32].map((down) => [down, boxAround({ x: middle.x, y: middle.y + down }, width, height)]);
    const free = ways.find(([, box]) => !taken.some((other) => meet(box, other)));
    label.style.visibility = free ? "" : "hidden";
    if (!free) continue;
    name.setOffset([0, free[0]]);
    taken.push(free[1]);
  }
}

const boxAround = ({ x, y }, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
const meet = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

function addSigns(map, signs) {
  const ratio = 3;
  for (const [key, sign] of Object.entries(signs)) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 20 * ratio, height: 20 * ratio });
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.translate(10, 10);
    const shape = new Path2D(sign.path);
    pen.lineJoin = pen.lineCap = "round";
    if (sign.filled) {
      pen.fillStyle = sign.colour || colour(TONES[sign.tone] ?? "--missing");
      pen.fill(shape);
      pen.strokeStyle = key === "fire" ? colour("--paper") : colour("--ink");
      pen.lineWidth = 1;
    } else {
      pen.strokeStyle = colour("--accent");
      pen.lineWidth = 2;
    }
    pen.stroke(shape);
    if (sign.text) {
      pen.fillStyle = sign.colour ? sign.ink : colour("--ink");
      pen.font = `700 10px ${getComputedStyle(document.body).fontFamily}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(sign.text, 0, 0.6);
    }
    const image = pen.getImageData(0, 0, canvas.width, canvas.height);
    if (map.hasImage(key)) map.updateImage(key, image);
    else map.addImage(key, image, { pixelRatio: ratio });
  }
}

// ---- what a place says ----------------------------------------------------------------------------------------------

function listen(map, library, data) {
  const layers = ["counties", ...ORDER].filter((kind) => layerOf(data, kind) && kind !== "wind");
  const popup = new library.Popup({ maxWidth: "20rem", focusAfterOpen: false });
  map.on("click", (event) => {
    const [found] = map.queryRenderedFeatures(event.point, { layers: [...layers].reverse() });
    if (!found) return popup.remove();
    popup.setLngLat(event.lngLat).setDOMContent(described(found.properties)).addTo(map);
  });
  for (const layer of layers) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}

function described(properties) {
  const box = element("div");
  box.append(element("b", "", properties.name));
  if (properties.text) box.append(element("div", "popup-value", properties.text));
  if (properties.what) box.append(element("div", "note", properties.what));
  if (properties.link) box.append(Object.assign(element("a", "", words.open), { href: properties.link }));
  return box;
}

// The same places as links, for keyboard and ear; a page that gives its own list beside the map needs none.
function listPlaces(place, data) {
  const part = place.closest(".map-part");
  if (!part || part.querySelector(".map-list, .map-places-box")) return;
  const box = element("details", "more map-places-box");
  const list = element("ul", "map-places");
  for (const layer of data.layers) {
    for (const { properties } of layer.features) {
      if (layer.kind === "wind") continue;
      const said = [properties.name, properties.text].filter(Boolean).join(" · ");
      const line = element("li");
      line.append(properties.link ? Object.assign(element("a", "", said), { href: properties.link }) : said);
      list.append(line);
    }
  }
  box.append(element("summary", "", words.places), list);
  part.append(box);
}

function element(tag, className = "", text = null) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  return made;
}
