import { brightnessMap, sobelMap } from "../../maps/attribution/mod.ts";
import { batchesOf, mapBatches } from "../../maps/batches.ts";
import { autoencoderOf } from "../../model/autoencoders/mod.ts";
import { type Autoencoder, initialise } from "../../model/parameters.ts";
import type { Images } from "../../data/images.ts";
import { freeze } from "../../model/evaluation_mode.ts";
import { type Estimate, estimate } from "../../statistics/estimate.ts";
import type { RandomGenerator } from "../../support/random.ts";
import { type SignedMaps, signedMaps } from "../similarity/comparison.ts";
import { similarities } from "../../metrics/similarity/mod.ts";
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
 * the layer before it; the two layers of a variational code are one block.
 *
 * @param autoencoder any model whose arrays say their block
 * @returns lists of the state dict's names, by block
 */
export function layersFromOutput(
  { arrays }: Autoencoder,
): Map<string, string[]> {
  const layers = Map.groupBy(arrays, ({ name, block }) => block?.name ?? name);
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
): Generator<RandomisedModel> {
  const autoencoder = autoencoderOf(weights);
  const random = initialise(autoencoder.arrays, seed);
  const current: StateDict = new Map(weights);
  for (const [layer, names] of layersFromOutput(autoencoder)) {
    for (const name of names) current.set(name, random.get(name)!);
    yield { layer, weights: new Map(current) };
  }
}

/** How alike the maps of two models are, or a map and a baseline. */
export interface SanityRow {
  /** What was randomised last, or the baseline's name. */
  name: string;
  /** Mean over images by measure, against the trained model's saliency map. */
  saliency: Record<string, Estimate>;
  /** The same of the error map. */
  error: Record<string, Estimate>;
}

/** Baselines that know no model; an explanation should not be like them. */
const BASELINES = { "edges (Sobel)": sobelMap, "brightness": brightnessMap };

/**
 * The sanity check of both maps: how alike they stay when the model's layers
 * are randomised one after another, and how like plain edges and brightness
 * they are.
 *
 * @param weights of the trained model
 * @param images some of the test images
 * @param options `seed` of the random weights; `random`: for the intervals
 * @yields the rows of {@linkcode cascadingRandomization}, then the baselines
 */
export function* sanityCheck(
  weights: StateDict,
  images: Images,
  { seed, random }: { seed: number; random: RandomGenerator },
): Generator<SanityRow> {
  const original = mapsOfModel(weights, images);
  const row = (name: string, others: SignedMaps[]): SanityRow => {
    const compared = (kind: keyof SignedMaps) => {
      const alike = original.map((maps, i) =>
        similarities(maps[kind], others[i][kind], images.width)
      );
      return Object.fromEntries(
        Object.keys(alike[0]).map((measure) => [
          measure,
          estimate(alike.map((values) => values[measure]), random),
        ]),
      );
    };
    return { name, saliency: compared("gradient"), error: compared("error") };
  };
  for (
    const { layer, weights: randomised } of cascadingRandomization(
      weights,
      seed,
    )
  ) {
    yield row(layer, mapsOfModel(randomised, images));
  }
  for (const [name, baseline] of Object.entries(BASELINES)) {
    yield row(name, baselineMaps(baseline, images));
  }
}

function mapsOfModel(weights: StateDict, images: Images): SignedMaps[] {
  const model = freeze(weights);
  const maps = [...signedMaps(model.reconstruct, images)].flat();
  model.dispose();
  return maps;
}

/** A baseline in the place of both maps. */
function baselineMaps(
  baseline: (x: Tensor4D) => Tensor3D,
  images: Images,
): SignedMaps[] {
  const maps = mapBatches(batchesOf(images), (x) => ({ map: baseline(x) }));
  return [...maps].flat().map(({ map }) => ({ gradient: map, error: map }));
}
