import {
  type Dtype,
  FLOATS,
  floatType,
  MAX_NUMBERS,
  ROUNDED,
} from "./dtypes.ts";
import { damaged, readPickle } from "./pickle.ts";
import {
  type Counters,
  counterValue,
  isCounter,
  quote,
  sizeOf,
  type StateDict,
  WeightsError,
} from "./state_dict.ts";
import { findStateDict, type PickledTensor } from "./torch_pickle.ts";
import { readStoredZip } from "./zip.ts";

/** What a state dict's file holds. */
export interface PyTorchFile {
  /** 32-bit floats. */
  weights: StateDict;
  /** Batch norm's counters of batches. */
  counters: Counters;
  /** What was changed in reading, one sentence each. */
  notes: string[];
}

/**
 * Reads the weights in a file that `torch.save(model.state_dict(), …)` wrote
 * (PyTorch ≥ 1.6: a zip of a pickle and one entry a tensor), or a checkpoint
 * that has them under a key. Tensors on a GPU are read as well; nothing in the
 * file is executed. Half-precision numbers become 32-bit floats exactly,
 * 64-bit ones are rounded.
 *
 * @param bytes the whole file
 * @returns 32-bit float tensors and batch norm's counters, by name
 * @throws {WeightsError} saying what is wrong with the file
 */
export function readPyTorchFile(bytes: Uint8Array): PyTorchFile {
  const files = readStoredZip(bytes);
  const { pickle, folder } = findPickle(files);
  const littleEndian = readByteOrder(files.get(`${folder}byteorder`));
  const { tensors, notes } = findStateDict(readPickle(pickle));
  const weights: StateDict = new Map();
  const counters: Counters = new Map();
  let total = 0;
  for (const [name, tensor] of tensors) {
    // Strides of 0 let many tensors share a number, and cost nothing in a file.
    total += sizeOf(tensor.shape);
    if (total > MAX_NUMBERS) {
      throw new WeightsError(
        `the PyTorch file's tensors claim more than ${MAX_NUMBERS} numbers; ` +
          "they were not read",
      );
    }
    const storage = files.get(`${folder}data/${tensor.key}`);
    if (!storage) throw damaged(`the numbers of ${quote(name)} are missing`);
    if (isCounter(name)) {
      counters.set(name, readCounter(name, tensor, { storage, littleEndian }));
    } else {
      const data = readFloats(name, tensor, { storage, littleEndian });
      weights.set(name, { shape: tensor.shape, data });
    }
  }
  if ([...tensors.values()].some(({ dtype }) => dtype === "F64")) {
    notes.push(ROUNDED);
  }
  return { weights, counters, notes };
}

function findPickle(files: Map<string, Uint8Array>) {
  const pickles = [...files].filter(([name]) =>
    /^[^/]+\/data\.pkl$/.test(name)
  );
  if (pickles.length > 1) throw damaged("it holds two pickles");
  for (const [name, pickle] of pickles) {
    const folder = name.replace("data.pkl", "");
    if (files.has(`${folder}constants.pkl`)) {
      throw new WeightsError(
        "the file is a TorchScript program; save the model's state_dict() with torch.save",
      );
    }
    return { pickle, folder };
  }
  throw new WeightsError(
    "the file is a zip, but not one of PyTorch's; give the .pt file itself",
  );
}

/** Whether numbers are little-endian; files before PyTorch 2.1 do not tell and are. */
function readByteOrder(bytes: Uint8Array | undefined): boolean {
  const order = bytes ? new TextDecoder().decode(bytes) : "little";
  if (order !== "little" && order !== "big") {
    throw damaged(`its byte order is ${quote(order)}, not little or big`);
  }
  return order === "little";
}

/** Where a tensor's numbers are, and in which order their bytes. */
interface Source {
  storage: Uint8Array;
  littleEndian: boolean;
}

/** A tensor's numbers in row order, whatever its strides. */
function readFloats(
  name: string,
  tensor: PickledTensor,
  { storage, littleEndian }: Source,
): Float32Array {
  const dtype = floatType(tensor.dtype);
  if (!dtype) {
    throw new WeightsError(
      `${quote(name)} holds ${quote(tensor.dtype)} numbers, not ` +
        `${
          Object.keys(FLOATS).join(", ")
        } ones; convert it with tensor.float() before saving`,
    );
  }
  const view = viewOf(name, tensor, { storage, width: dtype.width });
  return gather(tensor, { view, dtype, littleEndian });
}

function gather(
  { offset, shape, strides, negated }: PickledTensor,
  { view, dtype, littleEndian }: {
    view: DataView;
    dtype: Dtype;
    littleEndian: boolean;
  },
): Float32Array {
  const { width, read } = dtype;
  const sign = negated ? -1 : 1;
  const data = new Float32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  let position = offset;
  for (let i = 0; i < data.length; i++) {
    data[i] = sign * read(view, width * position, littleEndian);
    // One step on, as an odometer counts.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis];
      if (++index[axis] < shape[axis]) break;
      position -= shape[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return data;
}

function readCounter(
  name: string,
  tensor: PickledTensor,
  { storage, littleEndian }: Source,
): number {
  if (tensor.dtype !== "I64" || sizeOf(tensor.shape) !== 1 || tensor.negated) {
    throw new WeightsError(`${quote(name)} holds no count of batches`);
  }
  const view = viewOf(name, tensor, { storage, width: 8 });
  const value = view.getBigInt64(8 * tensor.offset, littleEndian);
  return counterValue(name, BigInt64Array.of(value));
}

/** The storage's bytes, which hold every number of the tensor. */
function viewOf(
  name: string,
  { offset, shape, strides }: PickledTensor,
  { storage, width }: { storage: Uint8Array; width: number },
): DataView {
  const last = shape.reduce(
    (sum, length, axis) => sum + (length - 1) * strides[axis],
    offset,
  );
  if (sizeOf(shape) > 0 && width * (last + 1) > storage.length) {
    throw damaged(`${quote(name)} is larger than its numbers`);
  }
  return new DataView(storage.buffer, storage.byteOffset, storage.length);
}
