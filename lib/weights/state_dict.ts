/** One named array of weights, in PyTorch's axis order. */
export interface Weights {
  /** Size of each axis. */
  shape: number[];
  /** The numbers, the last axis's fastest. */
  data: Float32Array;
}

/** A model's weights by PyTorch's names, as `module.state_dict()` gives them. */
export type StateDict = Map<string, Weights>;

/** Single whole numbers beside the arrays, by PyTorch's names. */
export type Counters = Map<string, number>;

/** Whether a name is that of batch norm's counter of batches. */
export function isCounter(name: string): boolean {
  return name.endsWith(".num_batches_tracked");
}

/**
 * The value of a counter.
 *
 * @param name for messages
 * @param data as stored
 * @throws {WeightsError} unless it is one number from 0 that a double holds
 */
export function counterValue(name: string, data: BigInt64Array): number {
  const count = Number(data[0]);
  if (data.length !== 1 || !Number.isSafeInteger(count) || count < 0) {
    throw new WeightsError(`${quote(name)} holds no count of batches`);
  }
  return count;
}

/** A file or state dict that does not hold the weights it should. */
export class WeightsError extends Error {
  /** Tells these errors from others. */
  override name = "WeightsError";
}

/** Text from a file as part of a message: short, on one line, in quotes. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  // Escapes take six characters each, which a damaged name may be full of.
  return JSON.stringify(short.replace(/[\p{C}\ufffd]/gu, "?"));
}

/** How many numbers an array of this shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * Checks that a state dict has exactly the entries of a model, with their
 * shapes, and only finite numbers.
 *
 * @param weights what was read
 * @param expected the model's entries and their shapes
 * @returns the expected entries, in the expected order
 * @throws {WeightsError} when the weights are another model's, or naming the
 * first entry that is missing, unknown, of
 * another shape, not finite, or a variance below zero
 */
export function checkStateDict(
  weights: StateDict,
  expected: readonly { name: string; shape: readonly number[] }[],
): StateDict {
  const names = new Set(expected.map(({ name }) => name));
  const [first] = weights.keys();
  if (first !== undefined && weights.keys().every((name) => !names.has(name))) {
    throw new WeightsError(
      "the weights are of none of the project's autoencoders (the first is named " +
        `${quote(first)}); save a model of your own for TensorFlow.js, as ` +
        "docs/own_model.md says",
    );
  }
  for (const name of weights.keys()) {
    if (!names.has(name)) {
      throw new WeightsError(`the model has no weights named ${quote(name)}`);
    }
  }
  return new Map(expected.map(({ name, shape }) => {
    const found = weights.get(name);
    if (!found) throw new WeightsError(`the weights "${name}" are missing`);
    if (String(found.shape) !== String(shape)) {
      throw new WeightsError(
        `the weights "${name}" have shape ${
          quote(`[${found.shape}]`)
        }, not "[${shape}]"`,
      );
    }
    if (!found.data.every(Number.isFinite)) {
      throw new WeightsError(
        `the weights "${name}" hold a number that is not finite`,
      );
    }
    if (variancesOf(name, found).some((value) => value < 0)) {
      throw new WeightsError(
        `the weights "${name}" hold a variance below zero; save the model again`,
      );
    }
    return [name, found];
  }));
}

/** The variances that running statistics hold, those of covariances among them. */
function variancesOf(name: string, { shape, data }: Weights): Weights["data"] {
  if (name.endsWith(".running_var")) return data;
  if (!name.endsWith(".running_covariances")) return data.subarray(0, 0);
  const features = shape.at(-1)!;
  const size = features * features;
  return data.filter((_, i) => i % size % (features + 1) === 0);
}
