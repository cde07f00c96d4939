/**
 * How well a map finds an anomaly whose pixels are known. A map is one number
 * a pixel in row order, higher where it points; a mask is one byte a pixel in
 * the same order, 1 = anomalous and 0 = normal.
 */
export { aupro } from "./aupro.ts";
export { pixelAuroc, pooledAuroc } from "./pixel_auroc.ts";
export {
  averagePrecision,
  pooledAveragePrecision,
} from "./average_precision.ts";
export { connectedComponents } from "./components.ts";
export { maskDistance, pointingGame, topKPrecision } from "./top_pixels.ts";
