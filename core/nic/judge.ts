import { isPlainObject } from "../diff/plain";
import { joinPath, type Problem } from "../problems";
import type { AdapterParameters } from "./adapter";
import { isOfProfile } from "./profile";

/** What was observed of an adapter, as far as it decides what can be set. */
export interface JudgedAdapter extends Pick<AdapterParameters, "locked" | "unsupported"> {
  readonly device: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Why the card was not asked and nothing can be set; the rest is what was known last. */
  readonly notAsked?: string | undefined;
  /** What is at the address instead of this adapter, and what to do; the rest is what was known of this one. */
  readonly otherCard?: string | undefined;
}

/** What is wanted; any of it may be unknown yet. */
export interface WantedParameters {
  readonly profile?: unknown;
  readonly parameters: unknown;
}

export interface NicJudgement {
  readonly refusals: Problem[];
  readonly warnings: string[];
  readonly beyond: string[];
}

/** Holds wanted parameters against what the card told of them. Names that it was not asked for are not judged. */
export function judgeParameters(adapter: JudgedAdapter, { profile, parameters }: WantedParameters): NicJudgement {
  const judgement: NicJudgement = { refusals: [], warnings: [], beyond: [] };
  const { device, locked, unsupported, notAsked, otherCard } = adapter;
  // What was known of one card says nothing of another.
  if (otherCard !== undefined) return { ...judgement, refusals: [{ path: "device", message: otherCard }] };
  const differing: string[] = [];
  for (const [name, value] of Object.entries(isPlainObject(parameters) ? parameters : {})) {
    const path = joinPath("parameters", name);
    const [isShown, why, lacks] = [
      Object.hasOwn(adapter.parameters, name),
      Object.hasOwn(locked, name) ? locked[name] : undefined,
      Object.hasOwn(unsupported, name) ? unsupported[name] : undefined,
    ];
    if (isShown && adapter.parameters[name] === value) continue;
    const fromProfile = isOfProfile(profile, name, value);
    if (lacks !== undefined && fromProfile) {
      judgement.beyond.push(path);
      judgement.warnings.push(`${device}: the profile ${profile}'s ${name} is left out: ${lacks}`);
    } else if (lacks !== undefined) {
      judgement.refusals.push({ path, message: `cannot be set: ${lacks}` });
    } else if (why !== undefined && isShown && !fromProfile) {
      judgement.refusals.push({ path, message: `cannot be set: ${why}; its value is ${adapter.parameters[name]}` });
    } else if (why !== undefined) {
      judgement.beyond.push(path);
      judgement.warnings.push(`${device}: ${name} is not set yet: ${why}`);
    } else if (isKnown(value)) {
      differing.push(name);
    }
  }
  if (notAsked !== undefined && differing.length > 0) {
    const message = `${notAsked}. What is to be set: ${differing.join(", ")}`;
    judgement.refusals.push({ path: "device", message });
  }
  return judgement;
}

/** An unknown is an instance of a class. */
const isKnown = (value: unknown): boolean => ["number", "string", "boolean"].includes(typeof value);
