import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PlainObject } from "../../core/diff/plain";
import { type Problem, Refusal } from "../../core/problems";
import { checkShape } from "./check";
import { secretLeaves, secretTexts } from "./config-secrets";
import { expandTexts } from "./config-text";
import { decode } from "./decode";
import type { ProviderDefinition } from "./definition";
import { redactor } from "./redact";
import type { SecretTree } from "./secrets";
import { shapeOf } from "./zod-shape";

/** What the engine itself puts beside a provider's configuration. */
const enginesOwn = new Set(["version", "pluginDownloadURL", "pluginChecksums", "parameterization", "__internal"]);

/** A configuration as it came, and what it says. */
export interface ReadConfig {
  /** As it came, with what the engine put beside it. */
  readonly came: PlainObject;
  /** Its secret places. */
  readonly secrets: SecretTree;
  /** Texts replaced by what they say, without defaults. */
  readonly given: PlainObject;
  /** With defaults, which is what the provider works with. May hold unknowns. */
  readonly config: PlainObject;
  readonly problems: readonly Problem[];
  /** Hides its secrets in messages. */
  readonly redact: (text: string) => string;
}

/**
 * Reads a provider's configuration and finds everything that is wrong with it.
 * @throws InvalidRequest for a message that no engine sends
 */
export function readConfig(definition: ProviderDefinition, message: Struct | undefined): ReadConfig {
  const shape = shapeOf(definition.config);
  const came = decode(message);
  const texts = expandTexts(ownPart(message), shape);
  const expanded = decode(texts.struct);
  const checked = checkShape(definition.config, expanded.value);
  return {
    came: came.value,
    secrets: secretTexts(came, expanded, shape),
    given: expanded.value,
    config: checked.inputs,
    problems: [...texts.problems, ...checked.problems, ...problemsBeyondShape(definition, checked.inputs)],
    redact: redactor([{ value: expanded.value, secrets: secretLeaves(expanded, shape) }], shape),
  };
}

function ownPart(message: Struct | undefined): Struct {
  const own = new Struct();
  message?.getFieldsMap().forEach((value, key: string) => {
    if (!enginesOwn.has(key)) own.getFieldsMap().set(key, value);
  });
  return own;
}

function problemsBeyondShape(definition: ProviderDefinition, config: PlainObject): readonly Problem[] {
  try {
    return definition.checkConfig?.(config) ?? [];
  } catch (error) {
    if (error instanceof Refusal) return error.problems;
    throw error;
  }
}
