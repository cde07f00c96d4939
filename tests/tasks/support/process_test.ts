import { assertEquals, assertStringIncludes } from "@std/assert";
import { output, ROOT } from "../../../tasks/support/process.ts";

Deno.test("output() gives what a program printed, and its exit code", async () => {
  assertEquals(
    await output("sh", ["-c", "echo $WORD; echo no >&2; exit 3"], {
      env: { WORD: "yes" },
    }),
    { code: 3, stdout: "yes", stderr: "no" },
  );
});

Deno.test("output() takes a program that is not there for one that fails", async () => {
  const { code, stderr } = await output("no-such-program", []);
  assertEquals(code, 127);
  assertStringIncludes(stderr, "no-such-program");
});

for (
  const [signal, expected] of [
    ...[["SIGINT", "0"], ["SIGTERM", "term"], ["SIGHUP", "hup"]],
  ] as [Deno.Signal, string][]
) {
  Deno.test(`attend() leaves it to the program what ${signal} means`, async () => {
    const program =
      "trap 'echo term; exit' TERM; trap 'echo hup; exit' HUP; echo ready; " +
      "for i in 1 2 3 4 5; do sleep 0.1; done; echo 0";
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { attend } from "${ROOT}tasks/support/process.ts";
        await attend("sh", ["-c", ${JSON.stringify(program)}]);`,
      ],
      stdout: "piped",
    }).spawn();
    const [first, all] = child.stdout.tee();
    await first.getReader().read();
    // To the one process alone, as `kill` does.
    child.kill(signal);
    const printed = (await new Response(all).text()).trim().split("\n");
    assertEquals((await child.status).code, 0);
    assertEquals(printed, ["ready", expected]);
  });
}
