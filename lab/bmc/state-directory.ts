import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../host/write-atomically";
import { accountOf, firstUsers, type User } from "./accounts";
import { type Certificate, certificateIn, makeCertificate } from "./certificate";
import type { Flavour } from "./flavours/flavour";
import { type BmcState, newState, parseState } from "./state";
import { jsonOf } from "./state-file";

/** A BMC's flash: the files that make it the same BMC after a restart. */
export class StateDirectory {
  readonly stateFile: string;
  readonly passwordFile: string;
  readonly certificateFile: string;
  readonly #path: string;

  constructor(path: string) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#path = path;
    this.stateFile = join(path, "state.json");
    this.passwordFile = join(path, "passwords.json");
    this.certificateFile = join(path, "certificate.pem");
  }

  /** The state on the disk, or a new one. The users' passwords come to the disk first: no state without them. */
  state(flavour: Flavour): BmcState {
    const found = jsonOf(this.stateFile);
    if (found !== undefined) return parseState(found, this.stateFile, flavour);
    const users = firstUsers(flavour);
    writeAtomically(this.passwordFile, `${JSON.stringify(users, undefined, 2)}\n`);
    const accounts = users.map((user, index) => accountOf(String(index + 1), user));
    const state = newState(flavour, accounts);
    writeAtomically(this.stateFile, `${JSON.stringify(state, undefined, 2)}\n`);
    return state;
  }

  users(): User[] {
    const users = jsonOf(this.passwordFile);
    if (Array.isArray(users)) return users as User[];
    throw new Error(`${this.passwordFile}: not a list of users; remove the BMC's state directory`);
  }

  /** The certificate that the BMC began with, or the one that the mode certificateChanged serves. */
  certificate(name: string, isOther: boolean): Certificate {
    return isOther
      ? certificateIn(this.#otherFile("pem"), this.#otherFile("key"), name)
      : certificateIn(this.certificateFile, join(this.#path, "certificate.key"), name);
  }

  makeOtherCertificate(name: string): void {
    makeCertificate(this.#otherFile("pem"), this.#otherFile("key"), name);
  }

  #otherFile(extension: string): string {
    return join(this.#path, `other-certificate.${extension}`);
  }
}
