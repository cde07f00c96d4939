import { assert, assertEquals } from "@std/assert";
import {
  AUTOENCODERS,
  MODEL_NAMES,
} from "../../../lib/model/autoencoders/mod.ts";
import type { RunSettings } from "../../../lib/training/settings.ts";
import {
  readCheckpoint,
  writeCheckpoint,
} from "../../../lib/training/checkpoint.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import type { StateDict } from "../../../lib/weights/state_dict.ts";
import {
  initTraining,
  trainedWeights,
  type TrainingState,
} from "../../../lib/training/state.ts";
import { train } from "../../../lib/training/loop.ts";
import { haveSameBits } from "../../assert.ts";

const random = randomStream(0, "figure");
const images = {
  ...{ width: 28, height: 28, channels: 1 },
  pixels: Uint8Array.from(
    { length: 24 * 784 },
    () => uniform(random, 0, 256),
  ),
};
const indices = Array.from({ length: 24 }, (_, i) => i);
const split = { training: indices.slice(4), validation: indices.slice(0, 4) };
const SETTINGS = { seed: 6, batchSize: 8, learningRate: 1e-2 };

/** Trains until some epochs are done. */
async function run(
  start: TrainingState,
  settings: RunSettings,
  epochs: number,
): Promise<{ weights: StateDict; checkpoint: Uint8Array }> {
  let result!: { weights: StateDict; checkpoint: Uint8Array };
  for await (
    const event of train(start, images, split, { ...settings, epochs })
  ) {
    if (event.kind === "step") continue;
    const weights = trainedWeights(event.state);
    const checkpoint = await writeCheckpoint(event.state, settings);
    result = { weights, checkpoint };
  }
  return result;
}

for (const model of MODEL_NAMES) {
  const settings = {
    ...SETTINGS,
    ...{ model, epochs: 2, normalClasses: [1], data: "mnist" as const },
  };

  const fresh = () => initTraining(SETTINGS.seed, AUTOENCODERS[model]());

  Deno.test(`${model}: training repeats bit for bit, from a checkpoint on as well`, async () => {
    const whole = await run(fresh(), settings, 2);
    const half = await run(fresh(), settings, 1);
    const { state } = await readCheckpoint(half.checkpoint);
    assertEquals(state.history.length, 1);
    assertEquals(state.autoencoder, AUTOENCODERS[model]());
    const resumed = await run(state, settings, 2);
    assert(haveSameBits(resumed.weights, whole.weights));
  });
}
