import type { Keys } from "../../core/diff/path";

/** Which places of a value are secret, as a tree that is walked along with the value. */
export class SecretTree {
  private readonly children = new Map<string, SecretTree>();
  /** Whether the value here is secret as a whole. */
  secret = false;

  mark(keys: Keys): void {
    let node: SecretTree = this;
    for (const key of keys) {
      let child = node.children.get(String(key));
      if (!child) {
        child = new SecretTree();
        node.children.set(String(key), child);
      }
      node = child;
    }
    node.secret = true;
  }

  at(key: string | number): SecretTree | undefined {
    return this.children.get(String(key));
  }

  /** Whether anything here or below is secret. */
  get holdsSecret(): boolean {
    return this.secret || this.children.size > 0;
  }

  /** Adds the secret places of another tree. */
  merge(other: SecretTree): this {
    this.secret ||= other.secret;
    for (const [key, child] of other.children) {
      const own = this.children.get(key) ?? new SecretTree();
      this.children.set(key, own.merge(child));
    }
    return this;
  }
}
