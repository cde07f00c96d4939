import { readPyTorchFile } from "../lib/weights/pytorch_file.ts";

/**
 * PyTorch's numbers and the authors' weights, which have no licence to be part
 * of the project. Where the folder is absent, tests that need it are skipped.
 */
const FOLDER = new URL("../../shared/", import.meta.url);

/** Whether a file of the folder is there; says so once when it is not. */
export function hasShared(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, FOLDER)).isFile;
  } catch {
    console.error(`skipped: ../shared/${path} is not there`);
    return false;
  }
}

/** Bytes of a file. */
export function readShared(path: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(path, FOLDER));
}

/** Little-endian 32-bit floats. */
export function readFloats(path: string): Float32Array {
  return new Float32Array(readShared(path).buffer);
}

/** Weights of the `plain` model. */
export function readPlainWeights() {
  return readPyTorchFile(readShared("authors/LSA_mnist_no_est_500.plain.pt"))
    .weights;
}
