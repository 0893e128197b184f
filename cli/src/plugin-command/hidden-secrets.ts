/** The credentials that a plugin's command comes to have: none of them is printed, whatever it does with them. */
import {
  type AuthorizedHeaders,
  isObject,
  isSecret,
  type OpenedAuthorizer,
  type SecretSource,
} from "@mlflow-auth/core/internal";
import { hideTexts } from "../hide-texts.js";

/** Learns credentials as they are used, and keeps them from being printed from then on. */
export interface HiddenSecrets {
  /** The same options, with secret fields of which it learns what is read. */
  watchOptions(options: unknown): unknown;
  /** The same authorizer: it learns what its requests carry. */
  watchHeaders(authorizer: OpenedAuthorizer): OpenedAuthorizer;
}

/** Characters. Something shorter may be a word that is printed for another reason. */
const SHORTEST = 8;

/** @param streams where they are written as `[secret]` from now on */
export function hideSecrets(...streams: readonly NodeJS.WriteStream[]): HiddenSecrets {
  const texts = new Set<string>();
  for (const stream of streams) hideTexts(stream, texts, "[secret]");

  function learn(text: string): void {
    for (const part of partsOf(text)) if (part.length >= SHORTEST) texts.add(part);
  }

  function learnHeaders<T extends AuthorizedHeaders | undefined>(authorized: T): T {
    if (authorized === undefined) return authorized;
    const { headers, sources, provider } = authorized;
    for (const [name, value] of headers) {
      if (isSecret(value)) learn(value.reveal());
      // A credential, though its plugin does not say so.
      else if (provider !== undefined && sources[name] === provider) learn(value);
    }
    return authorized;
  }

  function watchOptions(options: unknown): unknown {
    if (Array.isArray(options)) return Object.freeze(options.map(watchOptions));
    if (!isObject(options)) return options;
    if (isSecretSource(options)) return watchSource(options);
    const entries = Object.entries(options).map(([key, value]) => [key, watchOptions(value)]);
    return Object.freeze(Object.assign(Object.create(null), Object.fromEntries(entries)));
  }

  function watchSource(source: SecretSource): SecretSource {
    return Object.freeze({
      origin: source.origin,
      async read() {
        const secret = await source.read();
        learn(secret.reveal());
        return secret;
      },
    });
  }

  return {
    watchOptions,
    watchHeaders(authorizer) {
      const { authorize, rejected } = authorizer;
      return {
        ...authorizer,
        authorize(request) {
          const authorized = authorize(request);
          return authorized instanceof Promise ? authorized.then(learnHeaders) : learnHeaders(authorized);
        },
        rejected: async (...given) => learnHeaders(await rejected(...given)),
      };
    },
  };
}

function isSecretSource(value: object): value is SecretSource {
  return typeof (value as Partial<SecretSource>).read === "function";
}

/** A header's value, and what it is made of: a token behind its scheme, a password. */
function partsOf(text: string): string[] {
  const [, scheme = "", rest = ""] = /^(\S+) (\S+)$/.exec(text) ?? [];
  const [, password = ""] = scheme === "Basic" ? Buffer.from(rest, "base64").toString("utf8").split(/:(.*)/s) : [];
  return [text, rest, password];
}
