import { autoencoderOf } from "./autoencoders/mod.ts";
import { readPyTorchFile } from "../weights/pytorch_file.ts";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import { checkStateDict, type StateDict } from "../weights/state_dict.ts";

/**
 * A model's weights in a file's bytes: safetensors, or what `torch.save`
 * writes. Which of the two is seen from the first bytes, not from a name.
 *
 * @param bytes the whole file
 * @throws {WeightsError} when they are neither, damaged, or not those of a model here
 */
export function readWeights(bytes: Uint8Array): StateDict {
  const weights = isPyTorchFile(bytes)
    ? readPyTorchFile(bytes)
    : readSafetensors(bytes).weights;
  for (const name of weights.keys()) {
    // A checkpoint of training holds the optimiser's state beside the weights.
    if (name.startsWith("adam.")) weights.delete(name);
  }
  return checkStateDict(weights, autoencoderOf(weights).entries);
}

/** Whether a file is a zip archive, as `torch.save` writes. */
export function isPyTorchFile(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/**
 * A model's weights as a safetensors file, for
 * `model.load_state_dict(safetensors.torch.load_file(path))` in PyTorch.
 *
 * @param weights a state dict with every entry of the model
 * @param metadata free text, such as seed and epochs
 */
export function writeWeights(
  weights: StateDict,
  metadata: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  return writeSafetensors({
    weights: checkStateDict(weights, autoencoderOf(weights).entries),
    metadata,
  });
}
