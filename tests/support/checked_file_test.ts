import { assertEquals, assertRejects } from "@std/assert";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  type CheckedFile,
  loadCheckedFile,
  UnavailableFileError,
} from "../../lib/support/checked_file.ts";
import { sha256 } from "../../lib/support/sha256.ts";

const CONTENT = new TextEncoder().encode("weights");

/** Runs a test with a server that hands out some bytes, and an empty folder. */
async function withServer(
  body: Uint8Array<ArrayBuffer> | undefined,
  test: (file: CheckedFile, asked: () => number) => Promise<void>,
  milliseconds = 0,
) {
  let asked = 0;
  const server = Deno.serve({ port: 0, onListen: () => {} }, async () => {
    asked++;
    await setTimeout(milliseconds);
    return body ? new Response(body) : new Response(null, { status: 404 });
  });
  const folder = await Deno.makeTempDir();
  try {
    await test({
      what: "the test's file",
      url: `http://localhost:${server.addr.port}/w.bin`,
      sha256: await sha256(CONTENT),
      cached: pathToFileURL(`${folder}/cache/w.bin`),
    }, () => asked);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadCheckedFile() downloads once, then takes the cached file", () =>
  withServer(CONTENT, async (file, asked) => {
    assertEquals(await loadCheckedFile(file), CONTENT);
    assertEquals(await loadCheckedFile(file), CONTENT);
    assertEquals(asked(), 1);
  }));

Deno.test("loadCheckedFile() gives a download that it cannot store", () =>
  withServer(CONTENT, async (file, asked) => {
    // A file where the folder should be.
    await Deno.writeTextFile(new URL("../taken", file.cached), "");
    const cached = new URL("../taken/w.bin", file.cached);
    assertEquals(await loadCheckedFile({ ...file, cached }), CONTENT);
    assertEquals(asked(), 1);
  }));

Deno.test("loadCheckedFile() takes a copy without asking the network", () =>
  withServer(CONTENT, async (file, asked) => {
    const copy = new URL("../copy.bin", file.cached);
    await Deno.writeFile(copy, CONTENT);
    assertEquals(await loadCheckedFile({ ...file, copies: [copy] }), CONTENT);
    assertEquals(asked(), 0);
  }));

Deno.test("loadCheckedFile() refuses a download and a copy with one bit changed, and keeps neither", () => {
  const other = CONTENT.slice();
  other[3] ^= 1;
  return withServer(other, async (file) => {
    const refused = (advice: string) =>
      assertRejects(
        () => loadCheckedFile(file),
        UnavailableFileError,
        `is not the test's file (its SHA-256 is not ${
          file.sha256.slice(0, 8)
        }…)${advice}`,
      );
    await refused("");
    await assertRejects(() => Deno.stat(file.cached), Deno.errors.NotFound);
    await Deno.mkdir(new URL(".", file.cached));
    await Deno.writeFile(file.cached, other);
    await refused("; delete it to get it again");
  });
});

Deno.test("loadCheckedFile() says where to get a file that cannot be downloaded", () =>
  withServer(undefined, async (file) => {
    const error = await assertRejects(
      () => loadCheckedFile(file),
      UnavailableFileError,
      "status 404",
    );
    for (const part of [file.url, "put it at"]) {
      assertEquals(error.message.includes(part), true, part);
    }
  }));

Deno.test("loadCheckedFile() waits for a server that takes its time", () =>
  withServer(CONTENT, async (file) => {
    assertEquals(await loadCheckedFile(file), CONTENT);
  }, 200));
