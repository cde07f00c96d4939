/**
 * Text from outside, as a file's name, that stands for itself in Markdown and
 * leaves the cells of a table whole.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeMarkdown("a|b`c`\n.pt"), "a\\|b\\`c\\` .pt");
 * ```
 */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`|*<[\]]/g, "\\$&");
}
