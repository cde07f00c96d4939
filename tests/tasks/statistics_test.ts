import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "./run.ts";

Deno.test("statistics answers mistakes with one sentence and exit code 2", async () => {
  const models = "data/models/";
  const epoch20 = `${models}classes01234_seed0_epochs20.safetensors`;
  const dense = `${models}dense_classes01234_seed0_epochs20.safetensors`;
  const mistakes = [
    [[], "--weights takes the models' files"],
    [["--weights", "no.safetensors"], "no.safetensors cannot be read"],
    [
      ["--weights", `${epoch20},${dense}`],
      "of one training at different epochs; one has model dense, not convolutional",
    ],
    [["--weights", `${epoch20},${epoch20}`], "one has the same epochs twice"],
  ] as const;
  for (const [args, message] of mistakes) {
    const { code, stderr } = await run("statistics", ...args);
    assertEquals(code, 2);
    assertEquals(stderr.trim().split("\n").length, 1, stderr);
    assertStringIncludes(stderr, message);
  }
});
