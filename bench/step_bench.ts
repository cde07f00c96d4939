/** One training step: 256 images forward, backward, Adam. */
import { toBatch } from "../lib/data/images.ts";
import { loadMnist } from "../lib/data/mnist.ts";
import { initTraining } from "../lib/training/state.ts";
import { PAPER_SETTINGS } from "../lib/training/settings.ts";
import { trainingStep } from "../lib/training/step.ts";

const { batchSize, learningRate } = PAPER_SETTINGS;
const { training } = await loadMnist();
const batch = toBatch(training, Array.from({ length: batchSize }, (_, i) => i));
let state = initTraining(0);

Deno.bench({ name: "step", n: 12, warmup: 3 }, () => {
  state = trainingStep(state, batch, learningRate).state;
});
