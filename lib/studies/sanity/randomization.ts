import {
  attributionNamed,
  attributionsOf,
  brightnessMap,
  sobelMap,
} from "../../maps/attribution/mod.ts";
import { batchesOf, mapBatches } from "../../maps/batches.ts";
import { autoencoderOf } from "../../model/autoencoders/mod.ts";
import { type Autoencoder, initialise } from "../../model/parameters.ts";
import { countImages, type Images } from "../../data/images.ts";
import { freeze, type FrozenAutoencoder } from "../../model/evaluation_mode.ts";
import { type Estimate, estimate } from "../../statistics/estimate.ts";
import type { RandomGenerator } from "../../support/random.ts";
import { signedMaps } from "../similarity/comparison.ts";
import { SIMILARITIES, similarities } from "../../metrics/similarity/mod.ts";
import type { StateDict } from "../../weights/state_dict.ts";
import type { Tensor3D, Tensor4D } from "../../tensor/tensorflow.ts";

/** A model some of whose layers have random weights. */
export interface RandomisedModel {
  /** The layer that was randomised last, by its name in the state dict. */
  layer: string;
  /** All its weights, random ones included. */
  weights: StateDict;
}

/**
 * The blocks of a model from the output to the input. Batch norm belongs to
 * the layer before it; the two layers of a variational code are one block. What
 * no reconstruction passes through, as a discriminator, is left out.
 *
 * @param autoencoder any model whose arrays say their block
 * @returns lists of the state dict's names, by block
 */
export function layersFromOutput(
  { arrays }: Autoencoder,
): Map<string, string[]> {
  const onTheWay = arrays.filter(({ block }) => block);
  const layers = Map.groupBy(onTheWay, ({ block }) => block!.name);
  return new Map(
    [...layers].reverse().map(([layer, specs]) => [
      layer,
      specs.map(({ name }) => name),
    ]),
  );
}

/**
 * Cascading randomisation: the layers of a model, from the output to the
 * input, get the weights of an untrained model one after another, and keep
 * them. A map that explains the model must change with it; a map that does not
 * shows the image. The last model is untrained throughout.
 *
 * Source: Adebayo et al. (2018), "Sanity Checks for Saliency Maps", section 3.
 *
 * @param weights of the trained model
 * @param seed decides the random weights
 * @param autoencoder what the weights are of; default: found by their names, of
 * square images
 * @yields one model a layer (nine of the paper's), each with one layer more randomised
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initialWeights } from "../../model/autoencoders/convolutional.ts";
 *
 * const [first] = cascadingRandomization(initialWeights(0), 1);
 * assertEquals(first.layer, "decoder.conv.2");
 * ```
 */
export function* cascadingRandomization(
  weights: StateDict,
  seed: number,
  autoencoder: Autoencoder = autoencoderOf(weights),
): Generator<RandomisedModel> {
  const random = initialise(autoencoder.arrays, seed);
  const current: StateDict = new Map(weights);
  for (const [layer, names] of layersFromOutput(autoencoder)) {
    for (const name of names) current.set(name, random.get(name)!);
    yield { layer, weights: new Map(current) };
  }
}

/** By measure, the mean over images. */
export type Likeness = Record<string, Estimate>;

/** How alike the maps of two models are, or a map and a baseline. */
export interface SanityRow {
  /** What was randomised last, or the baseline's name. */
  name: string;
  /** Against the trained model's saliency map. */
  saliency: Likeness;
  /** Against its error map. */
  error: Likeness;
  /** Against other maps of it, by name; older records have none. */
  others?: Record<string, Likeness>;
}

/**
 * How alike a map is in a row.
 *
 * @param row from {@linkcode sanityCheck}
 * @param map "saliency", "error" or the name of another one that was checked
 * @throws {RangeError} when it was not
 */
export function likenessOf(row: SanityRow, map: string): Likeness {
  const known = { ...row.others, saliency: row.saliency, error: row.error };
  const found = Object.entries(known).find(([name]) => name === map);
  if (found) return found[1];
  throw new RangeError(
    `there is no map "${map}" in the check; choose from ${
      Object.keys(known).join(", ")
    }`,
  );
}

/** Baselines that know no model; an explanation should not be like them. */
const EDGES = "edges (Sobel)";
const BASELINES = { [EDGES]: sobelMap, "brightness": brightnessMap };

/**
 * The rows of randomised models, and of those that know no model the edges.
 *
 * @param rows from {@linkcode sanityCheck}, with its baselines
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const likeness = { saliency: {}, error: {} };
 * const [first, edges] = ["decoder.conv.2", "edges (Sobel)"]
 *   .map((name) => ({ name, ...likeness }));
 * assertEquals(partedRows([first, edges]), { randomised: [first], edges });
 * ```
 */
export function partedRows(
  rows: readonly SanityRow[],
): { randomised: SanityRow[]; edges: SanityRow } {
  return {
    randomised: rows.filter(({ name }) => !Object.hasOwn(BASELINES, name)),
    edges: rows.find(({ name }) => name === EDGES)!,
  };
}

/**
 * The sanity check of both maps: how alike they stay when the model's layers
 * are randomised one after another, and how like plain edges and brightness
 * they are.
 *
 * @param weights of the trained model
 * @param images some of the test images, at least two
 * @param options `seed` of the random weights; `random`: for the intervals;
 * `maps`: others to check as well, names in `attributionsOf`, default: none;
 * `autoencoder`: what the weights are of, default: found by their names, of
 * square images
 * @throws {RangeError} when the model has no map of a name, or there are fewer
 * than two images
 * @yields the rows of {@linkcode cascadingRandomization}, then the baselines
 */
export function* sanityCheck(
  weights: StateDict,
  images: Images,
  { seed, random, maps = [], autoencoder = autoencoderOf(weights) }: {
    seed: number;
    random: RandomGenerator;
    maps?: readonly string[];
    autoencoder?: Autoencoder;
  },
): Generator<SanityRow> {
  if (countImages(images) < 2) {
    throw new RangeError("an interval over images needs two of them");
  }
  const mapsWith = (weights: StateDict) =>
    mapsOfModel(freeze(weights, { autoencoder }), images, maps);
  const original = mapsWith(weights);
  const row = (name: string, others: MapsByName): SanityRow => {
    const compared = (map: string): Likeness => {
      const alike = original[map].map((values, i) =>
        likeness(values, others[map][i], images.width)
      );
      return Object.fromEntries(
        Object.keys(alike[0]).map((measure) => [
          measure,
          estimate(alike.map((values) => values[measure]), { random }),
        ]),
      );
    };
    return {
      name,
      saliency: compared("saliency"),
      error: compared("error"),
      others: Object.fromEntries(maps.map((map) => [map, compared(map)])),
    };
  };
  const models = cascadingRandomization(weights, seed, autoencoder);
  for (const { layer, weights: randomised } of models) {
    yield row(layer, mapsWith(randomised));
  }
  for (const [name, baseline] of Object.entries(BASELINES)) {
    const values = baselineMaps(baseline, images);
    const names = ["saliency", "error", ...maps];
    yield row(name, Object.fromEntries(names.map((map) => [map, values])));
  }
}

/**
 * By measure. A map of one value, as Grad-CAM's where nothing raises the loss,
 * points at nothing, and so is like no other.
 */
function likeness(
  map: Float32Array,
  other: Float32Array,
  width: number,
): Record<string, number> {
  const varies = (values: Float32Array) =>
    values.some((value) => value !== values[0]);
  if (varies(map) && varies(other)) return similarities(map, other, width);
  return Object.fromEntries(Object.keys(SIMILARITIES).map((name) => [name, 0]));
}

/** One map an image, by its name; that of the saliency has its signs. */
type MapsByName = Record<string, Float32Array[]>;

/** The maps of a model, which is disposed of. */
function mapsOfModel(
  model: FrozenAutoencoder,
  images: Images,
  names: readonly string[],
): MapsByName {
  try {
    const attributions = attributionsOf(model);
    const chosen = names.map((name) =>
      [name, attributionNamed(attributions, name)] as const
    );
    const both = [...signedMaps(model.reconstruct, images)].flat();
    const others = chosen.map(([name, attribution]) => [
      name,
      [...mapBatches(batchesOf(images), (x, start) => ({
        map: attribution.map(model, x, start),
      }))].flat().map(({ map }) => map),
    ]);
    return {
      saliency: both.map(({ gradient }) => gradient),
      error: both.map(({ error }) => error),
      ...Object.fromEntries(others),
    };
  } finally {
    model.dispose();
  }
}

/** A baseline's map of each image. */
function baselineMaps(
  baseline: (x: Tensor4D) => Tensor3D,
  images: Images,
): Float32Array[] {
  const maps = mapBatches(batchesOf(images), (x) => ({ map: baseline(x) }));
  return [...maps].flat().map(({ map }) => map);
}
