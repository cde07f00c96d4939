/** Text as the content or an attribute of SVG and HTML. */
export function escapeMarkup(text: string): string {
  const names: Record<string, string> = {
    ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" },
  };
  return text.replace(/[&<>"]/g, (character) => names[character]);
}
