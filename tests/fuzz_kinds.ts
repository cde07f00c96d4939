/** The files that this project reads, for {@linkcode fuzz}. */
import { writeFile } from "node:fs/promises";
import { parseIdx } from "../lib/data/idx.ts";
import { decodeImage } from "../lib/data/decode_image.ts";
import { initialWeights } from "../lib/model/autoencoders/convolutional.ts";
import { loadResults } from "../lib/studies/load_results.ts";
import { readNpy } from "../lib/support/npy.ts";
import { sha256 } from "../lib/support/sha256.ts";
import { tf } from "../lib/tensor/tensorflow.ts";
import { readCheckpoint, writeCheckpoint } from "../lib/training/checkpoint.ts";
import { modelFile, readModel } from "../lib/training/model_file.ts";
import type { RunSettings } from "../lib/training/settings.ts";
import {
  disposeTraining,
  initTraining,
  type TrainingState,
} from "../lib/training/state.ts";
import { readPyTorchFile } from "../lib/weights/pytorch_file.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../lib/weights/safetensors.ts";
import {
  type Kind,
  safetensorsHeader,
  withHeaderLength,
  withoutZipChecksums,
  withPngChecksums,
} from "./fuzz.ts";
import { resultsOf } from "./results_fixture.ts";

const SETTINGS: RunSettings = {
  ...{ seed: 3, epochs: 9, batchSize: 4, learningRate: 0.01 },
  ...{ normalClasses: [0, 1], data: "mnist" },
};

/**
 * All kinds of files.
 *
 * @param folder for files that are read from the disk
 */
export async function fuzzKinds(folder: string): Promise<Kind[]> {
  const weights = initialWeights(0);
  const history = [{ training: 0.5, validation: 0.25 }];
  const model = modelFile(SETTINGS, { weights, batchesTracked: 7, history });
  const small = writeSafetensors({
    weights: new Map([["w", { shape: [1, 2], data: Float32Array.of(1, 2) }]]),
    counters: new Map([["bn.num_batches_tracked", 3]]),
    metadata: { note: "text" },
  });
  const checkpoints = await checkpointFiles(history);
  const whole = (bytes: Uint8Array) => ({ start: 0, end: bytes.length });
  return [
    {
      ...{ name: "safetensors", originals: [small] },
      ...{ read: readSafetensors, refusals: ["WeightsError"] },
      ...{ text: safetensorsHeader, mend: withHeaderLength(small) },
    },
    {
      ...{ name: "model", originals: [model] },
      read: (bytes) => {
        const { history, weights } = readModel(bytes);
        if (!Array.isArray(history)) throw new TypeError("no history");
        if (weights.size === 0) throw new TypeError("no weights");
      },
      refusals: ["WeightsError"],
      ...{ text: safetensorsHeader, mend: withHeaderLength(model) },
    },
    {
      ...{ name: "pt", originals: await pytorchFiles() },
      ...{ read: readPyTorchFile, refusals: ["WeightsError"] },
      mend: withoutZipChecksums,
    },
    {
      ...{ name: "checkpoint", originals: checkpoints },
      read: async (bytes) =>
        disposeTraining((await readCheckpoint(bytes)).state),
      refusals: ["WeightsError"],
      ...{ text: safetensorsHeader, mend: withHeaderLength(checkpoints[0]) },
    },
    {
      name: "results",
      originals: [
        { kind: "agreement", ...resultsOf({ seed: 0 }) },
        resultsOf({ seed: 1 }),
      ].map((results) => new TextEncoder().encode(JSON.stringify(results))),
      read: async (bytes) => {
        await writeFile(`${folder}/results.json`, bytes);
        await loadResults(`${folder}/results.json`);
      },
      ...{ refusals: ["RecordError"], text: whole },
    },
    {
      name: "idx",
      originals: [
        Uint8Array.of(
          0,
          0,
          8,
          3,
          ...[0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2],
          1,
          2,
          3,
          4,
        ),
        Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9),
      ],
      read: parseIdx,
      refusals: ["DataError"],
    },
    {
      ...{ name: "npy", originals: [npy(1), npy(2)] },
      ...{ read: readNpy, refusals: ["NpyError"] },
    },
    {
      ...{ name: "png", originals: [await picture()] },
      ...{ read: decodeImage, refusals: ["DataError"] },
      mend: withPngChecksums,
    },
  ];
}

async function pytorchFiles(): Promise<Uint8Array[]> {
  const names = [
    "protocol_4",
    "protocol_5",
    "parameter",
    "double",
    "checkpoint",
  ];
  const folder = new URL("weights/fixtures/", import.meta.url);
  return await Promise.all(
    names.map((name) => Deno.readFile(new URL(`${name}.pt`, folder))),
  );
}

/** Of format 1, whose checksum leaves out the text, and of format 2. */
async function checkpointFiles(
  history: TrainingState["history"],
): Promise<Uint8Array[]> {
  const state = { ...initTraining(3), step: 1, batchesTracked: 1, history };
  const format2 = await writeCheckpoint(state, SETTINGS);
  disposeTraining(state);
  const { weights, counters, metadata } = readSafetensors(format2);
  const numbers = [...weights.keys()].sort()
    .map((name) => weights.get(name)!.data as Float32Array<ArrayBuffer>);
  const bytes = await new Blob(numbers).arrayBuffer();
  const { format: _, ...rest } = metadata;
  const checksum = await sha256(new Uint8Array(bytes));
  const format1 = writeSafetensors({
    ...{ weights, counters, metadata: { ...rest, checksum } },
  });
  return [format1, format1, format2];
}

function npy(version: number): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"
    .padEnd(127 - start) + "\n";
  const bytes = new Uint8Array(128 + 16);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), start);
  return bytes;
}

async function picture(): Promise<Uint8Array> {
  const pixels = tf.randomUniform([9, 7, 3], 0, 255, "int32", 1);
  return await tf.node.encodePng(
    pixels as Parameters<typeof tf.node.encodePng>[0],
  );
}
