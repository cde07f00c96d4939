import { Call, damaged, Global, Reference } from "./pickle.ts";
import { quote, WeightsError } from "./state_dict.ts";

/** A tensor as PyTorch's pickle describes it; its numbers are in another file. */
export interface PickledTensor {
  /** Names the zip entry `archive/data/<key>`. */
  key: string;
  /** As safetensors names it; PyTorch's name for a type that is not read. */
  dtype: string;
  /** First number, counted in numbers. */
  offset: number;
  shape: number[];
  strides: number[];
  /** Whether every number is stored with the other sign. */
  negated: boolean;
}

const DTYPES: Record<string, string> = {
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.FloatStorage": "F32",
  "torch.DoubleStorage": "F64",
  "torch.LongStorage": "I64",
};

const PARAMETERS = [
  "torch._utils._rebuild_parameter",
  "torch._utils._rebuild_parameter_with_state",
];

/** Keys under which training scripts keep the weights. */
const KEYS = ["state_dict", "model_state_dict", "model", "net"];

const MAX_AXES = 16;

/**
 * The state dict in what a pickle of `torch.save` holds: itself, or under a
 * key as `{ state_dict: …, epoch: … }`; what lies beside it is ignored.
 *
 * @param value what `readPickle()` read
 * @returns tensors by name, and a note where they were under a key
 * @throws {WeightsError} for anything else than a state dict
 */
export function findStateDict(
  value: unknown,
): { tensors: Map<string, PickledTensor>; notes: string[] } {
  if (!(value instanceof Map)) throw noStateDict(value);
  if ([...value.values()].some((item) => isTensor(item))) {
    return { tensors: tensorsOf(value), notes: [] };
  }
  const found = [...value.keys()].filter((key) => {
    const inner = value.get(key);
    return typeof key === "string" && inner instanceof Map &&
      isTensor(inner.values().next().value);
  });
  const usual = found.filter((key) => KEYS.includes(key));
  const keys = usual.length > 0 ? usual : found;
  if (keys.length > 1) {
    throw new WeightsError(
      `the PyTorch file holds weights under ${
        keys.map(quote).slice(0, 3).join(" and ")
      }; ` +
        "save the state_dict() of one model",
    );
  }
  if (keys.length === 0) {
    throw noStateDict([...value.values()].find((item) => item instanceof Call));
  }
  const [key] = keys;
  const notes = [`the weights were read from the file's key ${quote(key)}`];
  return { tensors: tensorsOf(value.get(key)), notes };
}

function noStateDict(value: unknown): WeightsError {
  const name = value instanceof Call
    ? value.callee.name
    : value instanceof Global
    ? value.name
    : undefined;
  return new WeightsError(
    name
      ? `the PyTorch file asks for Python's ${quote(name)}, which loading ` +
        "weights never needs; it was not run (save the model's state_dict() alone)"
      : "the PyTorch file holds something other than named tensors; " +
        "save the model's state_dict()",
  );
}

function tensorsOf(dict: Map<unknown, unknown>): Map<string, PickledTensor> {
  const tensors = new Map<string, PickledTensor>();
  for (const [name, value] of dict) {
    const call = plainTensor(value);
    if (typeof name !== "string" || !call) throw noStateDict(value);
    tensors.set(name, readTensor(name, call.args));
  }
  return tensors;
}

function isTensor(value: unknown): boolean {
  return plainTensor(value) !== undefined;
}

/** The call that describes a tensor; that of the tensor inside a parameter. */
function plainTensor(value: unknown): Call | undefined {
  if (!(value instanceof Call)) return undefined;
  const inner = PARAMETERS.includes(value.callee.name) ? value.args[0] : value;
  const isRebuilt = inner instanceof Call &&
    inner.callee.name === "torch._utils._rebuild_tensor_v2";
  return isRebuilt ? inner : undefined;
}

function readTensor(
  name: string,
  [storage, offset, shape, strides, , , flags]: unknown[],
): PickledTensor {
  const natural = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Number(value) >= 0;
  const naturals = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length <= MAX_AXES && value.every(natural);
  if (
    !natural(offset) || !naturals(shape) || !naturals(strides) ||
    strides.length !== shape.length
  ) throw damaged(`the description of ${quote(name)} makes no sense`);
  const negated = readFlags(name, flags);
  return { ...readStorage(name, storage), offset, shape, strides, negated };
}

function readStorage(name: string, storage: unknown) {
  const id = storage instanceof Reference ? storage.id : undefined;
  const [kind, type, key] = Array.isArray(id) ? id : [];
  if (
    kind !== "storage" || !(type instanceof Global) || typeof key !== "string"
  ) throw damaged(`${quote(name)} has no storage`);
  const dtype = Object.hasOwn(DTYPES, type.name)
    ? DTYPES[type.name]
    : type.name;
  return { key, dtype };
}

/** PyTorch's flags of a tensor that it has yet to negate or conjugate. */
function readFlags(name: string, flags: unknown): boolean {
  if (flags === undefined || flags === null) return false;
  const set = flags instanceof Map
    ? [...flags].filter(([, value]) => value !== false).map(([key]) => key)
    : ["unknown"];
  if (set.some((key) => key !== "neg")) {
    throw new WeightsError(
      `${quote(name)} has flags that are not read (such as conj); ` +
        "save tensor.resolve_conj().float() instead",
    );
  }
  return set.length > 0;
}
