import { unzipSync } from "fflate";
import { type PickledTensor, readPickle } from "./pickle.ts";
import { quote, sizeOf, type StateDict, WeightsError } from "./state_dict.ts";

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
 * @returns 32-bit float tensors by name; `num_batches_tracked` is left out
 * @throws {WeightsError} saying what is wrong with the file
 */
export function readPyTorchFile(bytes: Uint8Array): StateDict {
  const files = unzip(bytes);
  const pickleName = Object.keys(files).find((name) =>
    /^[^/]+\/data\.pkl$/.test(name)
  );
  if (!pickleName) {
    throw new WeightsError("the file is a zip, but not one of PyTorch's");
  }
  const folder = pickleName.replace("data.pkl", "data/");
  const weights: StateDict = new Map();
  let total = 0;
  for (const [name, tensor] of readPickle(files[pickleName])) {
    if (tensor.dtype !== "float32") continue;
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
    weights.set(name, {
      shape: tensor.shape,
      data: gather(name, tensor, storage),
    });
  }
  return weights;
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
  { offset, shape, strides }: PickledTensor,
  storage: Uint8Array,
): Float32Array {
  const size = sizeOf(shape);
  const last = shape.reduce(
    (sum, length, axis) => sum + (length - 1) * strides[axis],
    offset,
  );
  if (size > 0 && 4 * (last + 1) > storage.length) {
    throw new WeightsError(
      `the PyTorch file is damaged: ${quote(name)} is larger than its numbers`,
    );
  }
  const view = new DataView(storage.buffer, storage.byteOffset);
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let rest = i;
    let position = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    data[i] = view.getFloat32(4 * position, true);
  }
  return data;
}
