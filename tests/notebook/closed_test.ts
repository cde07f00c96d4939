import { assertRejects, assertThrows } from "@std/assert";
import { closed } from "../../lib/notebook/closed.ts";
import { Sentence } from "../../lib/notebook/sentence.ts";

Deno.test("every use of what is closed throws its sentence", async () => {
  const study = closed<{ k: number; measure: () => Promise<void> }>("wait");
  const uses = [
    () => study.k,
    () => study.k = 1,
    () => "k" in study,
    () => ({ ...study }),
    () => {
      const { k } = study;
      return k;
    },
    () => JSON.stringify(study),
    () => `${study}`,
    () => (study as unknown as () => void)(),
  ];
  for (const use of uses) assertThrows(use, Sentence, "wait");
  await assertRejects(async () => await study.measure(), Sentence, "wait");
});
