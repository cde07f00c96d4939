/** Whether memory stays flat over 1,000 training steps. Prints JSON. */
import { type Tensor4D, tf } from "../lib/tensor/tensorflow.ts";
import { initTraining } from "../lib/training/state.ts";
import { trainingStep } from "../lib/training/step.ts";

const BATCH = 64;
const WARM_UP = 500;
const STEPS = 1000;
const batch = tf.randomUniform([BATCH, 28, 28, 1], 0, 1, "float32", 1);
let state = initTraining(0);

function take(steps: number) {
  for (let i = 0; i < steps; i++) {
    state = trainingStep(state, batch as Tensor4D, 1e-2).state;
  }
  return {
    tensors: tf.memory().numTensors,
    resident: Deno.memoryUsage().rss / 1e6,
  };
}

const before = take(WARM_UP);
const after = take(STEPS);
console.log(JSON.stringify({
  batch: BATCH,
  steps: STEPS,
  tensorsBefore: before.tensors,
  tensorsAfter: after.tensors,
  residentBefore: before.resident,
  residentAfter: after.resident,
}));
