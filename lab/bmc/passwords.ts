import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";

/** Random passwords have 144 bits, so a cheap hash holds; a BMC checks one at each request with Basic authentication. */
const COST = { N: 1024, r: 8, p: 1 };
const LENGTH = 32;

export function randomPassword(): string {
  return randomBytes(18).toString("base64url");
}

export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  return `${salt.toString("hex")}:${scryptSync(password, salt, LENGTH, COST).toString("hex")}`;
}

export function isPassword(password: string, hash: string): boolean {
  const [salt = "", expected = ""] = hash.split(":");
  const found = scryptSync(password, Buffer.from(salt, "hex"), LENGTH, COST);
  const wanted = Buffer.from(expected, "hex");
  return wanted.length === found.length && timingSafeEqual(found, wanted);
}
