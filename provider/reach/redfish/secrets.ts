/** Shorter secrets are left: replacing every "a" would make messages unreadable and hide nothing. */
const SHORTEST = 4;

/** What must not appear in a message, whoever wrote it: a BMC may quote what it was sent. */
export class Secrets {
  private forms: string[] = [];

  /** A secret as it is, and as it stands within JSON, URLs and Basic authentication. */
  add(...secrets: readonly string[]): void {
    const all = secrets.filter(({ length }) => length >= SHORTEST).flatMap(formsOf);
    // Longest first: a secret may contain another one.
    this.forms = [...new Set([...this.forms, ...all])].sort((a, b) => b.length - a.length);
  }

  hide(text: string): string {
    return this.forms.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
  }
}

function formsOf(secret: string): string[] {
  // Lone surrogates have no UTF-8 form.
  const text = Buffer.from(secret, "utf8").toString("utf8");
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(text)];
}
