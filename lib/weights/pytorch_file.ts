import { unzipSync } from "fflate";
import { type PickledTensor, readPickle } from "./pickle.ts";
import {
  type Counters,
  counterValue,
  isCounter,
  quote,
  sizeOf,
  type StateDict,
  WeightsError,
} from "./state_dict.ts";

/** What a state dict's file holds. */
export interface PyTorchFile {
  /** 32-bit floats. */
  weights: StateDict;
  /** Batch norm's counters of batches. */
  counters: Counters;
}

/** Far more than any model here needs; a zip that claims more is refused. */
const MAX_BYTES = 256 * 2 ** 20;
/** A damaged directory can claim four billion. */
const MAX_ENTRIES = 10_000;

/**
 * Reads the weights in a file that `torch.save(model.state_dict(), …)` wrote
 * (PyTorch ≥ 1.6: a zip of a pickle and one entry a tensor). Tensors on a GPU
 * are read as well; nothing in the file is executed.
 *
 * @param bytes the whole file
 * @returns 32-bit float tensors and batch norm's counters, by name
 * @throws {WeightsError} saying what is wrong with the file
 */
export function readPyTorchFile(bytes: Uint8Array): PyTorchFile {
  const files = unzip(bytes);
  const pickleName = Object.keys(files).find((name) =>
    /^[^/]+\/data\.pkl$/.test(name)
  );
  if (!pickleName) {
    throw new WeightsError("the file is a zip, but not one of PyTorch's");
  }
  const folder = pickleName.replace("data.pkl", "data/");
  const weights: StateDict = new Map();
  const counters: Counters = new Map();
  let total = 0;
  for (const [name, tensor] of readPickle(files[pickleName])) {
    const counts = tensor.dtype === "int64";
    if (counts && !isCounter(name)) continue;
    // Strides of 0 let many tensors share a number, and cost nothing in a file.
    total += 4 * sizeOf(tensor.shape);
    if (total > MAX_BYTES) {
      throw new WeightsError(
        "the PyTorch file's tensors claim more than 256 MiB; they were not read",
      );
    }
    const storage = files[folder + tensor.key];
    if (!storage) {
      throw new WeightsError(
        `the PyTorch file is damaged: the numbers of ${
          quote(name)
        } are missing`,
      );
    }
    const numbers = gather(name, tensor, storage);
    if (counts) {
      counters.set(name, counterValue(name, numbers as BigInt64Array));
    } else {
      weights.set(name, { shape: tensor.shape, data: numbers as Float32Array });
    }
  }
  return { weights, counters };
}

function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  let total = 0;
  let entries = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize, size, compression }) => {
        total += originalSize;
        if (++entries > MAX_ENTRIES) {
          throw new WeightsError(
            "the zip file claims more than 10,000 entries; it was not unpacked",
          );
        }
        if (total > MAX_BYTES || (compression === 0 && size > bytes.length)) {
          throw new WeightsError(
            "the zip file claims to hold more than 256 MiB; it was not unpacked",
          );
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof WeightsError) throw error;
    throw new WeightsError("the file is no zip, or a damaged one");
  }
}

/** A tensor's numbers in row order, whatever its strides. */
function gather(
  name: string,
  { offset, shape, strides, dtype }: PickledTensor,
  storage: Uint8Array,
): Float32Array | BigInt64Array {
  const width = dtype === "int64" ? 8 : 4;
  const size = sizeOf(shape);
  const last = shape.reduce(
    (sum, length, axis) => sum + (length - 1) * strides[axis],
    offset,
  );
  if (size > 0 && width * (last + 1) > storage.length) {
    throw new WeightsError(
      `the PyTorch file is damaged: ${quote(name)} is larger than its numbers`,
    );
  }
  const view = new DataView(storage.buffer, storage.byteOffset);
  const data = dtype === "int64"
    ? new BigInt64Array(size)
    : new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let rest = i;
    let position = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    data[i] = dtype === "int64"
      ? view.getBigInt64(8 * position, true)
      : view.getFloat32(4 * position, true);
  }
  return data;
}
