/**
 * Looks for secrets in a plugin's schema that core would not find in the data, and for its author for all that core converts. Core
 * follows what `SchemaWalker` does; of a branch that a validator alone can pick, a secret would be passed to the plugin as it was written.
 */
import { pointerTo } from "./problems.js";
import { discriminatorOf, isObject, type Schema, type SchemaWalker, tagValues } from "./schema-walk.js";

/** What is in there is data, and nobody's field; or it counts where something refers to it. */
const passedOver = new Set(["default", "const", "enum", "examples", "required", "$defs", "definitions"]);
/** Names, each with a schema. */
const maps = new Set(["properties", "patternProperties", "dependentSchemas", "dependencies"]);
/** Schemas about the same place of the data as the one that they stand in. */
const samePlace = new Set(["allOf", "anyOf", "oneOf", "if", "then", "else", "not"]);
/** Keywords that core follows, but for what stands beside them. */
const rest: Readonly<Record<string, string>> = { items: "prefixItems", additionalProperties: "patternProperties" };
const references = ["$ref", "$dynamicRef", "$recursiveRef"];

/** What makes a schema unfit. */
export interface HidingPlace {
  /** With the place: words that follow the package's name. */
  readonly what: string;
  /** Where in the schema: `#/properties/token`. */
  readonly pointer: string;
}
type Fault = HidingPlace | undefined;
/** The keys down to a place in the schema, the last one first: it is put into words only where there is a fault. */
interface Place {
  readonly above?: Place;
  readonly key: string;
}
type Visit = (schema: unknown, place: Place) => Fault;

/** The kinds of values, as `x-value` has them, that core converts. */
const secretsAlone: ReadonlySet<unknown> = new Set(["secret"]);
const allKinds: ReadonlySet<unknown> = new Set(["secret", "duration", "path"]);

/**
 * What makes a plugin's schema unfit, with the place in its file; undefined if nothing does.
 *
 * @throws RangeError for a schema without end
 */
export function hiddenSecret(schema: Schema, walker: SchemaWalker): string | undefined {
  return new Search(walker, secretsAlone).reached(schema, top)?.what;
}

/**
 * The same for all that core converts: a duration that it does not find reaches the plugin as a text, and a path relative to another
 * folder. No user is kept from such a plugin; its author is told.
 *
 * @throws RangeError for a schema without end
 */
export function hiddenValue(schema: Schema, walker: SchemaWalker): HidingPlace | undefined {
  return new Search(walker, allKinds).reached(schema, top);
}

class Search {
  readonly #walker: SchemaWalker;
  readonly #kinds: ReadonlySet<unknown>;
  readonly #reached = new Set<unknown>();
  readonly #unknown = new Set<unknown>();
  readonly #pending = new Set<unknown>();

  constructor(walker: SchemaWalker, kinds: ReadonlySet<unknown>) {
    this.#walker = walker;
    this.#kinds = kinds;
  }

  /** A schema that core follows. */
  reached(schema: unknown, place: Place): Fault {
    if (!isObject(schema) || this.#reached.has(schema)) return undefined;
    this.#reached.add(schema);
    const fault = this.#reference(schema, place, (target, at) => this.reached(target, at));
    return fault ?? first(schema, place, (value, at, keyword) => this.#keyword(schema, keyword, value, at));
  }

  #keyword(schema: Schema, keyword: string, value: unknown, place: Place): Fault {
    if (keyword === "properties" || keyword === "allOf") {
      return first(value, place, (inner, at) => this.reached(inner, at));
    }
    if (keyword === "oneOf") {
      return first(value, place, (branch, at) =>
        this.#isPicked(schema, branch) ? this.reached(branch, at) : this.#hidden(branch, at, [schema]),
      );
    }
    const beside = rest[keyword];
    if (beside !== undefined && isObject(value) && !(beside in schema)) return this.reached(value, place);
    return this.#inHidden(keyword, value, place, [schema]);
  }

  /** Whether core knows by its tag when a branch applies. */
  #isPicked(schema: Schema, branch: unknown): boolean {
    const tag = discriminatorOf(schema);
    if (tag === undefined) return false;
    return tagValues(this.#walker.properties([this.#walker.resolve(branch)]).get(tag) ?? {}).length > 0;
  }

  /** A schema that core does not follow. @param known those that it applies to the same place: a secret of theirs is one here, too */
  #hidden(schema: unknown, place: Place, known: readonly Schema[]): Fault {
    if (Array.isArray(schema)) return first(schema, place, (part, at) => this.#hidden(part, at, known));
    if (!isObject(schema)) return undefined;
    if (known.length === 0) {
      if (this.#unknown.has(schema)) return undefined;
      this.#unknown.add(schema);
    } else if (this.#pending.has(schema)) {
      return this.#hidden(schema, place, []);
    }
    const kind = this.#walker.resolve(schema)["x-value"];
    if (this.#kinds.has(kind)) {
      if (known.some((candidate) => candidate["x-value"] === kind)) return undefined;
      const pointer = pointerOf(place);
      const what = `hides a ${kind} from core in its configSchema at ${pointer}, where branches need a \`oneOf\` with a \`discriminator\`, and lists and maps one schema in \`items\` or \`additionalProperties\``;
      return { what, pointer };
    }
    this.#pending.add(schema);
    const fault =
      this.#reference(schema, place, (target, at) => this.#hidden(target, at, known)) ??
      first(schema, place, (value, at, keyword) => this.#inHidden(keyword, value, at, known));
    this.#pending.delete(schema);
    return fault;
  }

  #inHidden(keyword: string, value: unknown, place: Place, known: readonly Schema[]): Fault {
    if (passedOver.has(keyword)) return undefined;
    if (!maps.has(keyword)) return this.#hidden(value, place, samePlace.has(keyword) ? known : []);
    return first(value, place, (inner, at, name) => {
      const here = keyword === "properties" ? this.#property(known, name) : keyword.startsWith("depend") ? known : [];
      return this.#hidden(inner, at, here);
    });
  }

  #property(known: readonly Schema[], name: string): readonly Schema[] {
    const walker = this.#walker;
    const schemas = known.flatMap((schema) => walker.applicable(walker.resolve(schema), undefined));
    const property = walker.child(schemas, walker.properties(schemas), name);
    return Object.keys(property).length === 0 ? [] : walker.applicable(property, undefined);
  }

  #reference(schema: Schema, place: Place, follow: Visit): Fault {
    for (const keyword of references) {
      const reference = schema[keyword];
      if (typeof reference !== "string") continue;
      const target = keyword === "$ref" ? this.#walker.target(reference) : undefined;
      if (target === undefined) return unfollowed({ above: place, key: keyword });
      const fault = target.isValue ? undefined : follow(target.schema, { key: target.place });
      if (fault !== undefined) return fault;
    }
    return place !== top && hasOwnBase(schema) ? unfollowed(place) : undefined;
  }
}

/** The whole schema. */
const top: Place = { key: "#" };

function pointerOf({ above, key }: Place): string {
  return above === undefined ? key : pointerTo(pointerOf(above), key);
}

function unfollowed(place: Place): HidingPlace {
  const pointer = pointerOf(place);
  const what = `has a reference that core can't follow in its configSchema at ${pointer}, where it takes \`#/…\` or \`mlflow-auth:values#/$defs/…\``;
  return { what, pointer };
}

/** Whether references below mean another document, which begins here. */
function hasOwnBase(schema: Schema): boolean {
  const { $id } = schema;
  return typeof $id === "string" && !$id.startsWith("#") && JSON.stringify(schema).includes('"$ref":"#');
}

/** The first fault of what an object or a list holds. */
function first(holder: unknown, place: Place, judge: (value: unknown, place: Place, key: string) => Fault): Fault {
  if (typeof holder !== "object" || holder === null) return undefined;
  for (const key in holder) {
    const value = (holder as Record<string, unknown>)[key];
    if (typeof value !== "object" || value === null) continue;
    const fault = judge(value, { above: place, key }, key);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
