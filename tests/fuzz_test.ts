import { assert } from "@std/assert";
import { fuzz } from "./fuzz.ts";
import { fuzzKinds } from "./fuzz_kinds.ts";

const folder = await Deno.makeTempDir();
const KINDS = await fuzzKinds(folder);
/** The same files on every machine: about a second of each kind. */
const ROUNDS: Record<string, number> = {
  model: 120,
  checkpoint: 80,
  results: 1000,
};
const MOST_ROUNDS = 4000;

for (const kind of KINDS) {
  Deno.test(`a damaged file of kind ${kind.name} is read or refused in one short sentence, in time`, async () => {
    const tally = await fuzz(kind, {
      seed: 11,
      rounds: ROUNDS[kind.name] ?? MOST_ROUNDS,
    });
    const refused = Object.keys(tally).filter((answer) => answer !== "read");
    assert(refused.length > 0, "none was damaged enough to be refused");
    assert(tally.read > 0, "none was whole enough to be read");
  });
}

globalThis.addEventListener("unload", () => {
  Deno.removeSync(folder, { recursive: true });
});
