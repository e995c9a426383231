/**
 * The path of a link within the BMC. A link may be a whole URL, under whatever name the BMC knows itself by: the request
 * goes to the BMC all the same, and nowhere else.
 */
export function pathWithin(link: string): string {
  // Resolved against a host of no meaning: only path and query are taken.
  const base = "https://bmc.invalid/";
  if (!URL.canParse(link, base)) return "/";
  const { pathname, search } = new URL(link, base);
  return `${pathname}${search}`;
}

/** Whether two paths lead to the same resource; some BMCs end theirs in a slash. */
export function samePath(a: string, b: string): boolean {
  const bare = (path: string) => pathWithin(path).replace(/\/+$/, "").toLowerCase();
  return bare(a) === bare(b);
}
