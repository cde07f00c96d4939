/** Writes the untrained model's weights to the file named as argument. */
import { initialWeights } from "../lib/model/autoencoders/convolutional.ts";
import { writeWeights } from "../lib/model/read_weights.ts";

await Deno.writeFile(
  Deno.args[0],
  writeWeights({ weights: initialWeights(0) }, {}),
);
