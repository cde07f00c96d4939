import { autoencoderOf } from "./autoencoders/mod.ts";
import type { Autoencoder } from "./parameters.ts";
import { readPyTorchFile } from "../weights/pytorch_file.ts";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import {
  checkStateDict,
  type Counters,
  quote,
  type StateDict,
} from "../weights/state_dict.ts";

import { refuseStrangers } from "../weights/strangers.ts";
import { isZip } from "../weights/zip.ts";

/** A model's weights, and how its running statistics came about. */
export interface TrackedWeights {
  /** The arrays by PyTorch's names. */
  weights: StateDict;
  /**
   * Batches that moved batch norm's running statistics (PyTorch's
   * `num_batches_tracked`); undefined where the file does not tell, or its
   * batch norms differ.
   */
  batchesTracked?: number;
}

/**
 * A model's weights in a file's bytes: safetensors, or what `torch.save`
 * writes. Which of the two is seen from the first bytes, not from a name.
 *
 * @param bytes the whole file
 * @throws {WeightsError} when they are neither, damaged, or not those of a model here
 */
export function readWeights(bytes: Uint8Array): StateDict {
  return readTrackedWeights(bytes).weights;
}

/** What a file with weights holds. */
export interface WeightsFile extends TrackedWeights {
  /** What the weights are of. */
  autoencoder: Autoencoder;
  /** Free text of a safetensors file; none in PyTorch's. */
  metadata: Record<string, string>;
  /** What was changed in reading: a key unwrapped, a prefix removed, numbers rounded. */
  notes: string[];
}

/**
 * As {@linkcode readWeights}, with all that the file tells beside the weights.
 *
 * @param bytes the whole file
 * @param autoencoderFor what the weights are of, from their names and the
 * file's metadata; default: found by the names, of square images
 * @throws {WeightsError} when they are neither, damaged, or not those of a model here
 */
export function readTrackedWeights(
  bytes: Uint8Array,
  autoencoderFor: (
    weights: StateDict,
    metadata: Record<string, string>,
  ) => Autoencoder = (weights) => autoencoderOf(weights),
): WeightsFile {
  refuseStrangers(bytes);
  // torch.save writes a zip archive.
  const read = isZip(bytes)
    ? { ...readPyTorchFile(bytes), metadata: {} }
    : readSafetensors(bytes);
  for (const name of read.weights.keys()) {
    // A checkpoint of training holds the optimiser's state beside the weights.
    if (name.startsWith("adam.")) read.weights.delete(name);
  }
  const prefix = commonPrefix([...read.weights.keys()]);
  const weights = withoutPrefix(read.weights, prefix);
  const [batchesTracked, ...others] = new Set(read.counters.values());
  const autoencoder = autoencoderFor(weights, read.metadata);
  const removed = `the prefix ${quote(prefix)} was removed from all names`;
  return {
    weights: checkStateDict(weights, autoencoder.arrays),
    ...{ autoencoder, metadata: read.metadata },
    ...(others.length === 0 && batchesTracked !== undefined &&
      { batchesTracked }),
    notes: prefix ? [...read.notes, removed] : read.notes,
  };
}

/** Where the models' own names begin. */
const OWN = ["encoder", "decoder"];

/**
 * What all names have before a model's own: `module.` from DataParallel,
 * `_orig_mod.` from torch.compile, `model.` from Lightning, or several.
 */
function commonPrefix(names: readonly string[]): string {
  const parts = names[0]?.split(".") ?? [];
  const own = parts.findIndex((part) => OWN.includes(part));
  if (own <= 0) return "";
  const prefix = parts.slice(0, own).join(".") + ".";
  return names.every((name) => name.startsWith(prefix)) ? prefix : "";
}

function withoutPrefix(weights: StateDict, prefix: string): StateDict {
  return new Map(
    [...weights].map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

/**
 * A model's weights as a safetensors file, for
 * `model.load_state_dict(safetensors.torch.load_file(path))` in PyTorch.
 *
 * @param model a state dict with every array of the model; `batchesTracked`
 * becomes the counter of every batch norm
 * @param metadata free text, such as seed and epochs
 * @param autoencoder what the weights are of; default: found by their names, of
 * square images
 */
export function writeWeights(
  { weights, batchesTracked }: TrackedWeights,
  metadata: Record<string, string>,
  autoencoder: Autoencoder = autoencoderOf(weights),
): Uint8Array<ArrayBuffer> {
  const checked = checkStateDict(weights, autoencoder.arrays);
  return writeSafetensors({
    weights: checked,
    counters: countersOf(checked, batchesTracked),
    metadata,
  });
}

/** The counters of a model's batch norms, all of one value; none where it is not known. */
export function countersOf(
  weights: StateDict,
  batchesTracked: number | undefined,
): Counters {
  if (batchesTracked === undefined) return new Map();
  const norms = [...weights.keys()]
    .filter((name) => name.endsWith(".running_var"))
    .map((name) => name.replace(/running_var$/, "num_batches_tracked"));
  return new Map(norms.map((name) => [name, batchesTracked]));
}
