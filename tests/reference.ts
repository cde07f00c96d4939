import { readSafetensors } from "../lib/weights/safetensors.ts";
import { readTrackedWeights } from "../lib/model/read_weights.ts";

/** What tests/fixtures/pytorch.py computed in PyTorch, in 64 bits. */
const FIXTURES = new URL("./fixtures/", import.meta.url);

/** Arrays by name: "maps.saliency" [8, 784], "statistics.<name in the state dict>". */
export const ARRAYS = readSafetensors(
  Deno.readFileSync(new URL("pytorch.safetensors", FIXTURES)),
).weights;

/** Losses, norms and metrics; the script says what each is. */
export const NUMBERS = JSON.parse(
  Deno.readTextFileSync(new URL("pytorch.json", FIXTURES)),
);

/** What tests/fixtures/attribution.py computed with Captum, in 64 bits. */
export const CAPTUM = JSON.parse(
  Deno.readTextFileSync(new URL("attribution.json", FIXTURES)),
);

/** The model that all of it is of: the project's own, after 50 epochs. */
export function referenceModel() {
  return readTrackedWeights(Deno.readFileSync(
    new URL(
      "../data/models/classes01234_seed0_epochs50.safetensors",
      import.meta.url,
    ),
  ));
}
