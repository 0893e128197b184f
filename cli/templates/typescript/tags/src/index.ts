import { type Factory, jsonFields } from "@mlflow-auth/core/plugin";
import type { AcmeOptions } from "./generated/options.js";

/** Gives every run the team that the API key belongs to, as a tag. Tags that the user sets win. */
export const createRunContextProvider: Factory<"mlflow.run_context_provider", AcmeOptions> = (given, context) => {
  const { address, apiKey, requestTimeout: timeout, cache } = given;
  async function fetchTags() {
    const headers = { "X-Api-Key": await apiKey.read() };
    const answer = await context.http.send({ url: `${address}/me`, headers, timeout });
    const { team } = jsonFields(answer.text);
    if (answer.status !== 200 || typeof team !== "string") throw context.refuse(answer, { what: "the team" });
    return { value: { "acme.team": team } };
  }
  return { tags: () => context.secrets.get("tags", fetchTags, cache) };
};
