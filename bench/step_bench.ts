/** One training step: 256 images forward, backward, Adam. */
import { toBatch } from "../lib/data/images.ts";
import { loadMnist } from "../lib/data/mnist.ts";
import {
  newTraining,
  PAPER_SETTINGS,
  trainingStep,
} from "../lib/training/training.ts";

const { batchSize, learningRate } = PAPER_SETTINGS;
const { training } = await loadMnist();
const batch = toBatch(training, Array.from({ length: batchSize }, (_, i) => i));
let state = newTraining(0);

Deno.bench({ name: "step", n: 12, warmup: 3 }, () => {
  state = trainingStep(state, batch, learningRate).state;
});
