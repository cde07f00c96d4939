/** Writes the untrained model's weights to the file named as argument. */
import { initialWeights } from "../lib/autoencoder.ts";
import { writeWeights } from "../lib/weights_file.ts";

await Deno.writeFile(Deno.args[0], writeWeights({ weights: initialWeights(0) }, {}));
